/// Viber's limits (providers' digest, sections 1, 6, 7 and 8), and the bounds of what is taken over from a callback (design.md,
/// rule 7).
enum ViberLimits {
    // MARK: what Viber takes

    /// Of a whole request. "30 KB" is read the stricter way.
    static let requestBytes = 30_000
    static let text = 7000
    static let caption = 512
    static let senderName = 28
    /// What the application on an iPhone shows of a picture; Android's takes 3 MB.
    static let pictureBytes: Int64 = 1 << 20
    static let thumbnailBytes: Int64 = 100 << 10
    static let thumbnailSide = 400
    static let videoBytes: Int64 = 27_262_976
    static let videoSeconds = 1...180
    static let fileBytes: Int64 = 52_428_800
    static let fileName = 256
    static let contactName = 28
    static let contactPhone = 18
    static let link = 2000
    static let buttonText = 250
    static let columns = 6
    static let keyboardRows = 12
    static let cardRows = 7

    // MARK: what is taken over from it

    /// A text that is longer is shown as `unsupported`: a whole event must fit into an agent's frame.
    static let textBytes = 64 << 10
    /// A member of a callback that cannot be read as a whole is kept only up to so much of its raw text.
    static let memberBytes = 256 << 10
    static let idBytes = 256
    static let urlBytes = 8 << 10
    static let nameBytes = 512
    static let reasonBytes = 500
    static let reportBytes = 4 << 10
}
