/// Names for things that live for a while: sessions, nodes, connector members.
package enum Identifier {
    /// 80 random bits as 16 letters and digits.
    package static func random() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        return String((0..<16).map { _ in alphabet[Int.random(in: 0..<32)] })
    }
}
