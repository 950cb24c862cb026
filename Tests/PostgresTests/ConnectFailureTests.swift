import Testing

@testable import Postgres

@Suite("libpq's complaint about a connection")
struct ConnectFailureTests {
    @Test(
        "gives reason and SQLSTATE",
        arguments: [
            (
                "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n\tIs the server running on that host?\n",
                "Connection refused", nil
            ),
            (
                "connection to server at \"::1\", port 5 failed: FATAL:  28P01: password authentication failed for user \"u\"\n"
                    + "LOCATION:  auth_failed, auth.c:335\n",
                "password authentication failed for user \"u\"", "28P01"
            ),
            (
                "connection to server at \"a\", port 5 failed: ВАЖНО:  3D000: база \"x\" не существует: совсем\n",
                "база \"x\" не существует: совсем", "3D000"
            ),
            ("invalid sslmode value: \"x\"\n", "invalid sslmode value: \"x\"", nil), ("", "", nil),
        ] as [(String, String, String?)])
    func parse(text: String, reason: String, sqlState: String?) {
        let result = ConnectFailure.parse(text)
        #expect(result.reason == reason)
        #expect(result.sqlState == sqlState)
    }
}
