import NIOCore

/// Does one thing later, unless something else is to be done first; cheap to start and to cancel.
///
/// A connection sets time limits several times in each request and nearly never meets one. So the event loop is not told
/// of each: it wakes the timer at the first moment that was asked for, which then looks how much time is left.
final class LazyTimer<Owner: AnyObject>: @unchecked Sendable {
    // Unchecked: used on `eventLoop` only, as its owner is.
    private let eventLoop: any EventLoop
    private weak var owner: Owner?
    private var pending: (due: NIODeadline, action: (Owner) -> Void)?
    private var wakeUp: (at: NIODeadline, task: Scheduled<Void>)?

    init(_ owner: Owner, on eventLoop: any EventLoop) {
        self.owner = owner
        self.eventLoop = eventLoop
    }

    /// Does something after `delay`, instead of what was to be done before.
    func start(_ delay: TimeAmount, _ action: @escaping (Owner) -> Void) {
        let due = NIODeadline.now() + delay
        pending = (due, action)
        if let wakeUp {
            guard due < wakeUp.at else { return }
            wakeUp.task.cancel()
        }
        schedule(due)
    }

    /// Does nothing any more, until it is started anew.
    func cancel() {
        pending = nil
    }

    /// As `cancel`, and takes nothing from the event loop any more.
    func end() {
        pending = nil
        wakeUp?.task.cancel()
        wakeUp = nil
    }

    private func schedule(_ time: NIODeadline) {
        wakeUp = (time, eventLoop.scheduleTask(deadline: time) { [weak self] in self?.wake() })
    }

    private func wake() {
        wakeUp = nil
        guard let pending, let owner else { return }
        guard pending.due <= .now() else { return schedule(pending.due) }
        self.pending = nil
        pending.action(owner)
    }
}
