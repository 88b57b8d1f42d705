import NIOCore
import Synchronization

/// Counts what the gateway does; the text of `/-/metrics` is made of it.
package final class Metrics: Sendable {
    /// The upper bounds of the latency histogram in seconds.
    private static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    private struct Series: Hashable {
        let operation: String
        let status: Int
    }

    private struct Latency {
        var counts = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            counts[Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count] += 1
            sum += seconds
        }
    }

    private struct State {
        var requests: [Series: Int] = [:]
        var refusals: [String: Int] = [:]
        var latencies: [String: Latency] = [:]
        var bytesReceived: Int64 = 0
        var bytesSent: Int64 = 0
        var incomplete = 0
    }

    private let state = Mutex(State())

    /// Metrics of nothing yet.
    package init() {}

    /// Counts one exchange; cheap enough for every request.
    package func count(_ report: ExchangeReport) {
        let facts = report.request?.trace.facts
        let operation = facts?.operation ?? "none"
        let seconds = Double(report.duration.nanoseconds) / 1e9
        state.withLock { state in
            state.requests[Series(operation: operation, status: report.status), default: 0] += 1
            state.latencies[operation, default: Latency()].add(seconds)
            if let code = facts?.errorCode { state.refusals[code, default: 0] += 1 }
            state.bytesReceived += report.bytesReceived
            state.bytesSent += report.bytesSent
            if !report.isComplete { state.incomplete += 1 }
        }
    }

    /// Everything counted, in the Prometheus text format 0.0.4, followed by these gauges.
    package func text(gauges: [Gauge]) -> String {
        let state = state.withLock { $0 }
        var text = PrometheusText()
        text.family("larder_requests_total", "counter", "Requests answered, by operation and status.")
        for (series, count) in state.requests.sorted(by: {
            ($0.key.operation, $0.key.status) < ($1.key.operation, $1.key.status)
        }) {
            text.sample(
                "larder_requests_total",
                [("operation", series.operation), ("status", "\(series.status)")],
                Double(count)
            )
        }
        text.family("larder_refusals_total", "counter", "Requests refused, by error code.")
        for (code, count) in state.refusals.sorted(by: { $0.key < $1.key }) {
            text.sample("larder_refusals_total", [("code", code)], Double(count))
        }
        text.family("larder_request_seconds", "histogram", "From complete head to the end of the answer.")
        for (operation, latency) in state.latencies.sorted(by: { $0.key < $1.key }) {
            text.histogram("larder_request_seconds", operation, Self.bounds, latency.counts, sum: latency.sum)
        }
        text.single("larder_received_bytes_total", "counter", "Body bytes received.", Double(state.bytesReceived))
        text.single("larder_sent_bytes_total", "counter", "Body bytes sent.", Double(state.bytesSent))
        text.single(
            "larder_incomplete_answers_total",
            "counter",
            "Answers cut off by the peer.",
            Double(state.incomplete)
        )
        var family = ""
        for gauge in gauges {
            if gauge.name != family { text.family(gauge.name, gauge.kind, gauge.help) }
            family = gauge.name
            text.sample(gauge.name, gauge.labels, gauge.value)
        }
        return text.text
    }

    /// A value read when the metrics are.
    package struct Gauge: Sendable {
        let name: String
        let help: String
        let value: Double
        let labels: [(String, String)]
        let kind: String

        /// A gauge of this name, or a counter that somebody else counts; those of one name stand together.
        package init(
            _ name: String,
            _ help: String,
            _ value: Double,
            labels: [(String, String)] = [],
            isCounter: Bool = false
        ) {
            self.name = name
            self.help = help
            self.value = value
            self.labels = labels
            kind = isCounter ? "counter" : "gauge"
        }
    }
}
