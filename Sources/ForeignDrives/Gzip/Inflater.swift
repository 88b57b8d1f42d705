/// Decompresses DEFLATE (RFC 1951) from bytes in memory, up to a bound.
///
/// Made for attributes of a few kilobytes: it reads bit by bit.
struct Inflater {
    private var input: ArraySlice<UInt8>
    private let limit: Int
    private var output: [UInt8] = []
    private var byte: UInt8 = 0
    private var bitsLeft = 0

    init(_ bytes: ArraySlice<UInt8>, limit: Int) {
        input = bytes
        self.limit = limit
    }

    /// The bytes after the compressed data, once it was read.
    var rest: ArraySlice<UInt8> { input }

    /// The content.
    ///
    /// - Throws: `malformed`, `truncated`, and `tooLarge` beyond the bound.
    mutating func inflate() throws(ForeignDriveError) -> [UInt8] {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try copyStored()
            case 1: try inflateBlock(try Self.fixedLiterals(), try Self.fixedDistances())
            case 2: try inflateDynamicBlock()
            default: throw .malformed("a DEFLATE block of an unknown kind")
            }
        }
        return output
    }

    private mutating func bits(_ count: Int) throws(ForeignDriveError) -> Int {
        var value = 0
        for shift in 0..<count {
            if bitsLeft == 0 {
                guard let next = input.popFirst() else { throw .truncated("compressed data") }
                (byte, bitsLeft) = (next, 8)
            }
            value |= Int(byte & 1) << shift
            byte >>= 1
            bitsLeft -= 1
        }
        return value
    }

    private mutating func symbol(_ code: HuffmanCode) throws(ForeignDriveError) -> Int {
        try code.symbol { () throws(ForeignDriveError) in try bits(1) }
    }

    private mutating func append(_ bytes: some Collection<UInt8>) throws(ForeignDriveError) {
        guard bytes.count <= limit - output.count else {
            throw .tooLarge("decompressed data", bytes: Int64(output.count + bytes.count), limit: limit)
        }
        output.append(contentsOf: bytes)
    }

    private mutating func copyStored() throws(ForeignDriveError) {
        bitsLeft = 0
        let length = try bits(16)
        guard try bits(16) == length ^ 0xFFFF else { throw .malformed("a stored block's length is damaged") }
        guard length <= input.count else { throw .truncated("compressed data") }
        try append(input.prefix(length))
        input = input.dropFirst(length)
    }
}

extension Inflater {
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097,
        6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    /// The order in which the lengths of the code for lengths stand.
    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let endOfBlock = 256

    private static func fixedLiterals() throws(ForeignDriveError) -> HuffmanCode {
        let lengths = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
        return try HuffmanCode(lengths: lengths[...])
    }

    private static func fixedDistances() throws(ForeignDriveError) -> HuffmanCode {
        try HuffmanCode(lengths: [Int](repeating: 5, count: 30)[...])
    }

    private mutating func inflateBlock(
        _ literals: HuffmanCode,
        _ distances: HuffmanCode
    ) throws(ForeignDriveError) {
        while true {
            let symbol = try symbol(literals)
            if symbol == Self.endOfBlock { return }
            if symbol < Self.endOfBlock {
                try append(CollectionOfOne(UInt8(symbol)))
            } else {
                try copy(lengthSymbol: symbol - Self.endOfBlock - 1, distances)
            }
        }
    }

    private mutating func copy(lengthSymbol: Int, _ distances: HuffmanCode) throws(ForeignDriveError) {
        guard lengthSymbol < Self.lengthBases.count else { throw .malformed("a length that DEFLATE has not") }
        let length = try Self.lengthBases[lengthSymbol] + bits(Self.lengthBits[lengthSymbol])
        let distanceSymbol = try symbol(distances)
        guard distanceSymbol < Self.distanceBases.count else { throw .malformed("a distance that DEFLATE has not") }
        let distance = try Self.distanceBases[distanceSymbol] + bits(max(0, distanceSymbol / 2 - 1))
        guard distance <= output.count else { throw .malformed("a distance before the start of the content") }
        let source = output.suffix(distance)
        try append((0..<length).map { source[source.startIndex + $0 % distance] })
    }

    private mutating func inflateDynamicBlock() throws(ForeignDriveError) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        var orderedLengths = [Int](repeating: 0, count: 19)
        for position in 0..<(try bits(4) + 4) { orderedLengths[Self.lengthOrder[position]] = try bits(3) }
        let code = try HuffmanCode(lengths: orderedLengths[...])
        let lengths = try codeLengths(code, count: literalCount + distanceCount)
        try inflateBlock(
            try HuffmanCode(lengths: lengths[..<literalCount]),
            try HuffmanCode(lengths: lengths[literalCount...])
        )
    }

    /// The lengths of both codes in a row, with runs written short.
    private mutating func codeLengths(_ code: HuffmanCode, count: Int) throws(ForeignDriveError) -> [Int] {
        var lengths: [Int] = []
        while lengths.count < count {
            switch try symbol(code) {
            case 16:
                guard let last = lengths.last else { throw .malformed("a repeated length without a first") }
                lengths += Array(repeating: last, count: try bits(2) + 3)
            case 17: lengths += Array(repeating: 0, count: try bits(3) + 3)
            case 18: lengths += Array(repeating: 0, count: try bits(7) + 11)
            case let length: lengths.append(length)
            }
        }
        guard lengths.count == count else { throw .malformed("the lengths of a code run over") }
        return lengths
    }
}
