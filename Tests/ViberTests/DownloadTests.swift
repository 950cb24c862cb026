import ConnectorKit
import Domain
import TestSupport
import Testing

@testable import Viber

/// Files by link. The table's server stands in for Viber's storage; it is reached as a proxy, so only the source's text is vetted here.
struct DownloadTests {
    /// The clock of `Bot.make` stands at `Bot.now`.
    static func source(_ link: String, secondsAgo: Int64) -> String {
        ViberMedia.Source(link, announcedAt: Bot.now.adding(.seconds(-secondsAgo))).text
    }

    @Test(
        "what a source was made of comes back",
        arguments: ["https://dl.example/p.jpg?a=b%20c", "http://127.0.0.1:8/x"])
    func roundTrip(_ link: String) {
        #expect(ViberMedia.Source(Self.source(link, secondsAgo: 5))?.link == link)
        #expect(ViberMedia.Source(Self.source(link, secondsAgo: 5))?.announcedAt == Bot.now.adding(.seconds(-5)))
        #expect(ViberMedia.Source(link)?.link == link)
    }

    @Test(
        "what is no source is nothing to fetch",
        arguments: ["", "sticker 40133", "at=1 ftp://x/y", "at=x https://a.example/", "https://", "at=1 https://a b"])
    func none(_ text: String) async {
        #expect(ViberMedia.Source(text) == nil)
        #expect(await Bot.table.complaints(about: OutgoingRow(text, .download(text), [], "gone unsupported")) == [])
    }

    @Test(
        "plain http, and addresses of the own network, are not fetched from",
        arguments: [
            "http://media.example/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest",
            "https://10.0.0.1/", "https://192.168.1.1/", "https://0x7f000001/",
        ])
    func guarded(_ link: String) async {
        let row = OutgoingRow(link, .download(Self.source(link, secondsAgo: 1)), [], "gone refused")
        #expect(await Bot.table.complaints(about: row) == [])
    }
}
