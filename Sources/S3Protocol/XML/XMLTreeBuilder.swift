/// Turns parser events into a tree; refuses what goes beyond the limits.
final class XMLTreeBuilder {
    private struct Frame {
        var name: String
        var text: [UInt8] = []
        var children: [XMLNode] = []
    }

    private let limits: XMLLimits
    private var open: [Frame] = []
    private var elements = 0
    private(set) var root: XMLNode?
    private(set) var refusal: String?
    /// Stops the parser that sends the events.
    var stop: () -> Void = {}
    /// Asks the parser whether the document declares an encoding that it is read in.
    var isUTF8: () -> Bool = { true }

    init(limits: XMLLimits) {
        self.limits = limits
    }

    /// The builder behind the pointer that the parser hands to its callbacks.
    static func of(_ user: UnsafeMutableRawPointer?) -> XMLTreeBuilder? {
        user.map { Unmanaged<XMLTreeBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    func refuse(_ reason: String) {
        guard refusal == nil else { return }
        refusal = reason
        stop()
    }

    /// After the declaration, before the first tag.
    func begin() {
        if !isUTF8() { refuse("another encoding than UTF-8") }
    }

    func open(_ name: String) {
        elements += 1
        guard open.count < limits.depth else { return refuse("elements nest deeper than \(limits.depth)") }
        guard elements <= limits.elements else { return refuse("more than \(limits.elements) elements") }
        open.append(Frame(name: name))
    }

    func append(_ text: UnsafeBufferPointer<UInt8>) {
        guard refusal == nil, !open.isEmpty else { return }
        open[open.count - 1].text.append(contentsOf: text)
    }

    func close() {
        guard refusal == nil, let frame = open.popLast() else { return }
        let text = String(decoding: frame.text, as: UTF8.self)
        let node = XMLNode(name: frame.name, text: text, children: frame.children)
        guard open.isEmpty else { return open[open.count - 1].children.append(node) }
        root = node
    }
}
