/// The arithmetic that gives the CRC of a whole from those of its pieces.
///
/// A CRC is the remainder of a polynomial over GF(2), here reflected: bit `width - 1` is x^0. When n bytes follow, the
/// remainder of what stands before them weighs x^8n times as much, so that of the whole is crc(A)·x^8n + crc(B). The
/// ones that start a register and those that its end is inverted with cancel each other out. (The method is that of
/// zlib's `crc32_combine`.)
struct CRCPolynomial: Sendable {
    private let reflected: UInt64
    private let width: Int
    /// x^0.
    private let one: UInt64
    /// What 1, 2, 4… bytes weigh: x^8, x^16, x^32 and so on.
    private let weights: [UInt64]

    static let crc32 = CRCPolynomial(reflected: 0xEDB8_8320, width: 32)
    static let crc32c = CRCPolynomial(reflected: 0x82F6_3B78, width: 32)
    static let crc64nvme = CRCPolynomial(reflected: 0x9A6C_9329_AC4B_C9B5, width: 64)

    private init(reflected: UInt64, width: Int) {
        self.reflected = reflected
        self.width = width
        one = 1 << UInt64(width - 1)
        var weights = [one >> 8]
        for bit in 1..<63 {
            weights.append(Self.product(weights[bit - 1], weights[bit - 1], one: one, reflected: reflected))
        }
        self.weights = weights
    }

    /// What `byteCount` bytes weigh: x^8n modulo the polynomial.
    ///
    /// Costs a multiplication for each bit of the number that is set.
    func weight(ofBytes byteCount: Int64) -> UInt64 {
        precondition(byteCount >= 0, "a piece has no bytes or some")
        var weight = one
        var rest = byteCount
        while rest != 0 {
            weight = product(weight, weights[rest.trailingZeroBitCount])
            rest &= rest - 1
        }
        return weight
    }

    /// The product of two polynomials modulo this one.
    func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        Self.product(left, right, one: one, reflected: reflected)
    }

    private static func product(_ left: UInt64, _ right: UInt64, one: UInt64, reflected: UInt64) -> UInt64 {
        var (left, right, product) = (left, right, UInt64(0))
        // From x^0 upward: `left` moves its next term to the place of x^0, `right` grows by one degree.
        while left != 0 {
            if left & one != 0 { product ^= right }
            left = (left & ~one) << 1
            right = right >> 1 ^ (right & 1 == 1 ? reflected : 0)
        }
        return product
    }
}

extension ChecksumAlgorithm {
    /// The arithmetic of the algorithm if it is a CRC.
    var polynomial: CRCPolynomial? {
        switch self {
        case .crc32: .crc32
        case .crc32c: .crc32c
        case .crc64nvme: .crc64nvme
        case .md5, .sha1, .sha256, .sha512, .xxhash128, .xxhash3, .xxhash64: nil
        }
    }
}
