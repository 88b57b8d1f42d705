package import NIOCore

/// Runs a request's task on the event loop of its connection, so that `async` code costs no thread hop.
///
/// NIO ships no task executor of a single event loop. Jobs that are enqueued after the loop has stopped are lost, so
/// the front waits for its tasks before the group stops.
package final class EventLoopExecutor: TaskExecutor {
    package let eventLoop: any EventLoop

    /// An executor of this event loop.
    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Runs the job in the loop's next turn.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
