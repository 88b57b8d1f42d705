import Attachments
import ObjectStorage
import S3Protocol
import Synchronization

/// Long work that commands began: each has an id, can be asked how far it is, and be cancelled.
///
/// Bounded: of those that have ended the latest are remembered.
final class OperatorTasks: Sendable {
    private static let remembered = 32
    private static let atOnce = 8

    private struct Entry {
        let report: CheckReport
        let work: Task<Void, Never>
    }

    private enum Outcome: Sendable {
        case done
        case failed(String)
        case cancelled
    }

    private struct State {
        var next = 1
        var entries: [Int: Entry] = [:]
        var outcomes: [Int: Outcome] = [:]
    }

    private let tasks: StoreTasks
    private let state = Mutex(State())

    init(_ tasks: StoreTasks) {
        self.tasks = tasks
    }

    /// Begins work of a kind; the answer is its state.
    func begin(_ kind: String, _ body: JSONBody) async throws -> JSONValue {
        let work = try tasks.work(kind, body)
        let report = CheckReport()
        let id = try state.withLock { state throws(APIError) -> Int in
            guard state.entries.count - state.outcomes.count < Self.atOnce else {
                throw APIError(status: 503, .init("busy", "\(Self.atOnce) tasks are under way; wait for one."))
            }
            let id = state.next
            state.next += 1
            state.entries[id] = Entry(report: report, work: Task { await self.run(id, report, work) })
            return id
        }
        return try await self.state(of: "\(id)")
    }

    private func run(_ id: Int, _ report: CheckReport, _ work: StoreTasks.Work) async {
        let outcome: Outcome
        do {
            try await work(report)
            outcome = .done
        } catch is CancellationError {
            outcome = .cancelled
        } catch {
            let refusal = (error as? any S3ErrorConvertible)?.s3Error
            let reason = refusal.map { $0.reason ?? $0.message } ?? (error as? AttachmentsError)?.message
            outcome = .failed(reason ?? String(describing: error))
        }
        state.withLock { state in
            state.outcomes[id] = outcome
            guard state.outcomes.count > Self.remembered, let oldest = state.outcomes.keys.min() else { return }
            state.outcomes[oldest] = nil
            state.entries[oldest] = nil
        }
    }

    /// How far a task is, and what it has found.
    func state(of text: String) async throws -> JSONValue {
        let found = state.withLock { state -> (Int, CheckReport, Outcome?)? in
            guard let id = Int(text), let entry = state.entries[id] else { return nil }
            return (id, entry.report, state.outcomes[id])
        }
        guard let (id, report, outcome) = found else {
            throw APIError(status: 404, .init("task_not_found", "There is no task \(text)."))
        }
        return Self.json(id, report.state, outcome)
    }

    /// Has a task end soon; what it did stays done.
    func cancel(_ text: String) async throws -> JSONValue {
        if let id = Int(text) { state.withLock { $0.entries[id]?.work.cancel() } }
        return try await state(of: text)
    }

    /// Ends all tasks and waits for them.
    func cancelAll() async {
        let all = state.withLock { Array($0.entries.values) }
        for entry in all { entry.work.cancel() }
        for entry in all { await entry.work.value }
    }

    private static func json(_ id: Int, _ state: CheckReport.State, _ outcome: Outcome?) -> JSONValue {
        let (name, failure): (String, String?) =
            switch outcome {
            case nil: ("running", nil)
            case .done: ("done", nil)
            case .cancelled: ("cancelled", nil)
            case .failed(let reason): ("failed", reason)
            }
        return .object([
            .init("id", .number("\(id)")),
            .init("state", .string(name)),
            .init("failure", failure.map { .string($0) } ?? .null),
            .init("phase", .string(state.phase)),
            .init("objects", .number("\(state.objects)")),
            .init("buckets", .number("\(state.buckets)")),
            .init("keys", .number("\(state.keys)")),
            .init("attachments", .number("\(state.attachments)")),
            .init("bytes", .number("\(state.bytes)")),
            .init("skipped", .number("\(state.skipped)")),
            .init("refused", .number("\(state.refused)")),
            .init("findings", .array(outcome == nil ? [] : state.findings.map(json))),
            .init("found", .number("\(state.findings.count)")),
        ])
    }

    private static func json(_ finding: Finding) -> JSONValue {
        .object([
            .init("code", .string(finding.code.rawValue)),
            .init("subject", .string(finding.subject)),
            .init("detail", .string(finding.detail)),
            .init("repairable", .bool(finding.isRepairable)),
            .init("repaired", .bool(finding.isRepaired)),
        ])
    }
}
