/// One processing option of an address: a name and its arguments.
package struct StyleOption: Hashable, Sendable {
    /// The name, long or short.
    package let name: String
    /// What follows the name, colon by colon; an empty one was left out.
    package let arguments: [String]

    /// An option of these parts.
    package init(_ name: String, _ arguments: String...) {
        self.init(name, arguments)
    }

    /// An option of these parts.
    package init(_ name: String, _ arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }
}

extension StyleOption {
    /// The argument at a place; nil when it was left out.
    func argument(_ index: Int) -> String? {
        guard index < arguments.count, !arguments[index].isEmpty else { return nil }
        return arguments[index]
    }

    /// The only argument that the option takes.
    func only() throws(StyleAddressError) -> String {
        try limit(to: 1)
        return arguments[0]
    }

    /// Refuses more arguments than there can be.
    func limit(to count: Int) throws(StyleAddressError) {
        guard arguments.count > count else { return }
        let noun = count == 1 ? "1 argument" : "\(count) arguments"
        throw StyleAddressError(.badArgument, "Option '\(name)' takes at most \(noun), not \(arguments.count).")
    }

    /// The whole number of a text.
    func integer(_ text: String, in range: ClosedRange<Int>) throws(StyleAddressError) -> Int {
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 19
        guard isPlain, let number = Int(text), range.contains(number) else {
            throw .badArgument(
                name,
                text,
                expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    /// The decimal number of a text.
    func number(_ text: String, in range: ClosedRange<Double>) throws(StyleAddressError) -> Double {
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E } && text.utf8.count <= 32
        guard isPlain, let number = Double(text), range.contains(number) else {
            throw .badArgument(name, text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The truth of a text, in the spellings of Go, which imgproxy reads.
    func truth(_ text: String) throws(StyleAddressError) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw .badArgument(name, text, expected: "1, t, true, 0, f or false")
        }
    }

    /// Whether the option asks for nothing: each argument is left out, zero or false.
    var asksForNothing: Bool {
        arguments.allSatisfy { ["", "0", "0.0", "f", "F", "false", "FALSE", "False"].contains($0) }
    }
}
