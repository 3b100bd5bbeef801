use super::super::blocks::Cut;
use super::*;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Rows of which some hundred fill a block.
fn input(rows: usize) -> String {
    (1..=rows).map(|row| format!("{row:>1000}\n")).collect()
}

/// A worker that repeats the rows of its block, quickly for some blocks and slowly for others.
fn repeat(block: &Block, answers: &mut Answers) -> Result<(), Error> {
    if block.first_row() % 3 == 1 {
        std::thread::yield_now();
    }
    answers.out.clear();
    for (row, _) in (block.first_row()..).zip(block.records()) {
        answers.out.extend_from_slice(format!("{row}\n").as_bytes());
    }
    Ok(())
}

/// A number of equal workers.
fn many(
    decide: impl Fn(&Block, &mut Answers) -> Result<(), Error> + Send + Copy + 'static,
    threads: usize,
) -> Vec<Decide<'static>> {
    (0..threads).map(|_| Box::new(decide) as Decide<'static>).collect()
}

/// What is written of a number of rows by a number of threads.
fn written(
    rows: usize,
    threads: usize,
    decide: impl Fn(&Block, &mut Answers) -> Result<(), Error> + Send + Copy + 'static,
    mut write: impl FnMut(usize) -> Result<(), Error> + Send,
) -> (Vec<usize>, Result<(), Error>) {
    let text = input(rows);
    let mut out = Vec::new();
    let take = |item: &mut WorkItem| {
        write(out.len())?;
        out.extend_from_slice(&item.answers.out);
        Ok(())
    };
    let result = run(Blocks::after(text.as_bytes(), Cut::Lines, 0, 1, 0), many(decide, threads), take, &Error::Output);
    (String::from_utf8(out).unwrap().lines().map(|line| line.parse().unwrap()).collect(), result)
}

#[test]
fn order_is_kept_whatever_the_number_of_threads() {
    for rows in [0, 1, 300, 3000] {
        for threads in [1, 2, 3, 8] {
            let (out, result) = written(rows, threads, repeat, |_| Ok(()));
            assert!(result.is_ok());
            assert_eq!(out, (1..=rows).collect::<Vec<_>>(), "{threads} threads");
        }
    }
}

#[test]
fn what_precedes_a_block_that_cannot_be_decided_is_written() {
    let fail = |block: &Block, answers: &mut Answers| {
        repeat(block, answers)?;
        // Later blocks fail as well; only the first error counts.
        let row = block.first_row();
        if row > 1000 { Err(Error::Usage(row.to_string(), None)) } else { Ok(()) }
    };
    let (alone, result) = written(3000, 1, fail, |_| Ok(()));
    let expected = result.unwrap_err().to_string();
    assert!(alone.len() >= 1000 && alone.len() < 1150);
    for threads in [2, 3, 8] {
        let (out, result) = written(3000, threads, fail, |_| Ok(()));
        assert_eq!((out, result.unwrap_err().to_string()), (alone.clone(), expected.clone()), "{threads} threads");
    }
}

#[test]
fn nothing_is_written_after_what_cannot_be_written() {
    for threads in [1, 2, 8] {
        let tried = AtomicUsize::new(0);
        let refuse = |length: usize| {
            tried.fetch_add(1, Ordering::Relaxed);
            if length > 3000 { Err(Error::Output(io::ErrorKind::BrokenPipe.into())) } else { Ok(()) }
        };
        let (out, result) = written(3000, threads, repeat, refuse);
        assert!(matches!(result, Err(Error::Output(_))));
        assert!(out.len() < 1200, "{}", out.len());
        let blocks = tried.load(Ordering::Relaxed);
        assert!((2..14).contains(&blocks), "{blocks} blocks were tried");
    }
}

#[test]
fn what_was_read_before_an_error_is_written() {
    struct FailingReader<'a>(&'a [u8]);
    impl Read for FailingReader<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(into)?;
            if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(read) }
        }
    }
    let text = input(2000);
    for threads in [1, 2, 8] {
        let mut rows = 0;
        let take = |item: &mut WorkItem| {
            rows += item.block.records().count();
            Ok(())
        };
        let blocks = Blocks::after(FailingReader(text.as_bytes()), Cut::Lines, 0, 1, 0);
        let result = run(blocks, many(repeat, threads), take, &Error::Output);
        assert!(result.is_err());
        assert!((1850..=2000).contains(&rows), "{rows} rows were written");
    }
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_panic_leaves_nobody_waiting() {
    let text = input(3000);
    let panic = |block: &Block, _: &mut Answers| {
        // Never on the thread that calls `run`, which takes the first block about half of the time.
        if std::thread::current().name().is_none() && block.first_row() > 1 { panic!("on purpose") } else { Ok(()) }
    };
    let slowly = |_: &mut WorkItem| {
        std::thread::yield_now();
        Ok(())
    };
    loop {
        let _ = run(Blocks::after(text.as_bytes(), Cut::Lines, 0, 1, 0), many(panic, 4), slowly, &Error::Output);
    }
}
