internal import Glibc

/// The blurhash of a picture: a few cosines of its colours in base 83 (blurha.sh, "algorithm").
package enum Blurhash {
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~".utf8
    )

    private struct Colour {
        var red = 0.0
        var green = 0.0
        var blue = 0.0

        var largest: Double { max(abs(red), abs(green), abs(blue)) }
    }

    /// The hash with so many cosines across and down, 1 to 9 of each.
    package static func encode(_ grid: PixelGrid, across: Int = 4, down: Int = 3) -> String {
        precondition((1...9).contains(across) && (1...9).contains(down), "A blurhash has 1 to 9 cosines each way.")
        let factors = (0..<down).flatMap { row in (0..<across).map { factor(grid, $0, row) } }
        let largest = factors.dropFirst().map(\.largest).max() ?? 0
        let step = factors.count > 1 ? max(0, min(82, Int(largest * 166 - 0.5))) : 0
        let scale = Double(step + 1) / 166
        let text =
            digits(across - 1 + (down - 1) * 9, 1) + digits(step, 1) + digits(average(factors[0]), 4)
            + factors.dropFirst().flatMap { digits(alternating($0, scale), 2) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func factor(_ grid: PixelGrid, _ across: Int, _ down: Int) -> Colour {
        var sum = Colour()
        let (width, height) = (grid.size.width, grid.size.height)
        let horizontal = (0..<width).map { cos(.pi * Double(across * $0) / Double(width)) }
        for row in 0..<height {
            let vertical = cos(.pi * Double(down * row) / Double(height))
            for column in 0..<width {
                let weight = vertical * horizontal[column]
                sum.red += weight * linear[Int(grid[column, row, 0])]
                sum.green += weight * linear[Int(grid[column, row, 1])]
                sum.blue += weight * linear[Int(grid[column, row, 2])]
            }
        }
        let share = (across + down == 0 ? 1.0 : 2.0) / Double(width * height)
        return Colour(red: sum.red * share, green: sum.green * share, blue: sum.blue * share)
    }

    private static func average(_ colour: Colour) -> Int {
        encoded(colour.red) << 16 | encoded(colour.green) << 8 | encoded(colour.blue)
    }

    private static func alternating(_ colour: Colour, _ scale: Double) -> Int {
        [colour.red, colour.green, colour.blue].reduce(0) { result, value in
            let part = value / scale
            let root = (part < 0 ? -1 : 1) * abs(part).squareRoot()
            return result * 19 + max(0, min(18, Int((root * 9 + 9.5).rounded(.down))))
        }
    }

    private static func digits(_ number: Int, _ count: Int) -> [UInt8] {
        var (rest, result) = (number, [UInt8]())
        for _ in 0..<count {
            result.append(alphabet[rest % 83])
            rest /= 83
        }
        return result.reversed()
    }

    /// The light of each of the 256 values of sRGB.
    private static let linear: [Double] = (0..<256).map { value in
        let part = Double(value) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }

    private static func encoded(_ light: Double) -> Int {
        let part = max(0, min(1, light))
        let value = part <= 0.003_130_8 ? part * 12.92 : 1.055 * pow(part, 1 / 2.4) - 0.055
        return Int((value * 255).rounded())
    }
}
