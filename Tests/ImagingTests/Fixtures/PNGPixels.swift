/// The pixels of an 8-bit PNG without interlacing, to look at results.
struct PNGPixels {
    let width: Int
    let height: Int
    private let channels: Int
    private var rows: [[UInt8]] = []

    init?(_ file: [UInt8]) {
        func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard file.count > 33, file[24] == 8, file[28] == 0 else { return nil }
        guard let channels = [0: 1, 2: 3, 4: 2, 6: 4][file[25]] else { return nil }
        (width, height, self.channels) = (number(16), number(20), channels)
        var data: [UInt8] = []
        var index = 8
        while index + 8 <= file.count {
            let length = number(index)
            if file[index + 4..<index + 8].elementsEqual("IDAT".utf8) { data += file[index + 8..<index + 8 + length] }
            index += length + 12
        }
        var inflater = Inflater(Array(data.dropFirst(2)))
        guard let raw = inflater.run(), raw.count == height * (width * channels + 1) else { return nil }
        unfilter(raw)
    }

    subscript(column: Int, row: Int) -> [UInt8] { Array(rows[row][column * channels..<(column + 1) * channels]) }

    private mutating func unfilter(_ raw: [UInt8]) {
        let length = width * channels
        var above = [UInt8](repeating: 0, count: length)
        for row in 0..<height {
            let filter = raw[row * (length + 1)]
            var line = Array(raw[row * (length + 1) + 1..<(row + 1) * (length + 1)])
            for index in 0..<length {
                let left = index >= channels ? Int(line[index - channels]) : 0
                let corner = index >= channels ? Int(above[index - channels]) : 0
                line[index] &+= Self.prediction(filter, left, Int(above[index]), corner)
            }
            rows.append(line)
            above = line
        }
    }

    private static func prediction(_ filter: UInt8, _ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
        switch filter {
        case 1: return UInt8(left)
        case 2: return UInt8(above)
        case 3: return UInt8((left + above) / 2)
        case 4:
            let estimate = left + above - corner
            let distances = [abs(estimate - left), abs(estimate - above), abs(estimate - corner)]
            if distances[0] <= distances[1] && distances[0] <= distances[2] { return UInt8(left) }
            return UInt8(distances[1] <= distances[2] ? above : corner)
        default: return 0
        }
    }
}

/// Deflate backwards (RFC 1951), slow and short.
struct Inflater {
    private let bytes: [UInt8]
    private var position = 0
    private var output: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() -> [UInt8]? {
        var isLast = false
        while !isLast {
            isLast = take(1) == 1
            switch take(2) {
            case 0: copyStored()
            case 1:
                let lengths =
                    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
                    + Array(repeating: 7, count: 24) + Array(repeating: 8, count: 8)
                guard expand(Codes(lengths), Codes(Array(repeating: 5, count: 30))) else { return nil }
            case 2:
                guard let (literals, distances) = dynamicCodes(), expand(literals, distances) else { return nil }
            default: return nil
            }
        }
        return output
    }

    private struct Codes {
        var symbols: [Int: Int] = [:]

        init(_ lengths: [Int]) {
            var code = 0
            for length in 1...15 {
                for (symbol, own) in lengths.enumerated() where own == length {
                    symbols[length << 16 | code] = symbol
                    code += 1
                }
                code <<= 1
            }
        }
    }

    private mutating func take(_ count: Int) -> Int {
        var value = 0
        for index in 0..<count {
            let byte = position / 8 < bytes.count ? bytes[position / 8] : 0
            value |= Int(byte >> UInt8(position % 8) & 1) << index
            position += 1
        }
        return value
    }

    private mutating func symbol(_ codes: Codes) -> Int? {
        var code = 0
        for length in 1...15 {
            code = code << 1 | take(1)
            if let found = codes.symbols[length << 16 | code] { return found }
        }
        return nil
    }

    private mutating func copyStored() {
        position = (position + 7) / 8 * 8
        let length = take(16)
        _ = take(16)
        for _ in 0..<length { output.append(UInt8(take(8))) }
    }

    private mutating func dynamicCodes() -> (Codes, Codes)? {
        let (literals, distances, count) = (take(5) + 257, take(5) + 1, take(4) + 4)
        var lengths = [Int](repeating: 0, count: 19)
        for index in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(count) {
            lengths[index] = take(3)
        }
        let codes = Codes(lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            guard let found = symbol(codes) else { return nil }
            switch found {
            case 16: all += Array(repeating: all.last ?? 0, count: 3 + take(2))
            case 17: all += Array(repeating: 0, count: 3 + take(3))
            case 18: all += Array(repeating: 0, count: 11 + take(7))
            default: all.append(found)
            }
        }
        return (Codes(Array(all[..<literals])), Codes(Array(all[literals...])))
    }

    private mutating func expand(_ literals: Codes, _ distances: Codes) -> Bool {
        let lengthBases = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
            227, 258,
        ]
        while let found = symbol(literals), position <= bytes.count * 8 {
            if found == 256 { return true }
            guard found > 256 else {
                output.append(UInt8(found))
                continue
            }
            let index = found - 257
            let length = lengthBases[index] + take(index < 8 || index == 28 ? 0 : index / 4 - 1)
            guard let code = symbol(distances) else { return false }
            let extra = code < 4 ? 0 : code / 2 - 1
            let distance = code < 4 ? code + 1 : (2 + code % 2) << extra + 1 + take(extra)
            guard distance <= output.count else { return false }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
        return false
    }
}
