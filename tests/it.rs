//! All integration tests, one binary: a module for each topic under `it/`, their data under `cases/`.

mod it {
    mod render;
}
