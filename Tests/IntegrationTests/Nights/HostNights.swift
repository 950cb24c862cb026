import Glibc
import Sandbox
import Testing

extension ProcessTests {
    @Suite("Nights: the host and its settings")
    struct HostNights {
        @Test("the clock is off", .enabled(if: access(FakeClock.library, R_OK) == 0))
        func clockOff() async throws {
            try await World.with(.free()) { world in
                let night = Night("clock-off", world)
                try await night.screen(
                    "doctor --bad", variables: FakeClock.variables(offset: "+5m"), status: 1,
                    shows: ["clock: this machine is 300", "s ahead of the database", "→ set the clocks by NTP"])
            }
        }

        @Test("the key file is another, or open to others")
        func wrongKey() async throws {
            try await World.with(.free()) { world in
                let night = Night("wrong-key", world)
                let other = "\(world.installation.directory)/other.key"
                try await world.installation.run(["key", "create", other])
                try await night.screen(
                    "doctor --bad", settings: ["secrets.key_file": other], status: 1,
                    shows: [
                        "other.key does not open the secrets of every account", "→ set secrets.key_file to the key",
                    ])
                try await night.screen(
                    "connector run telegram --account support --port 0",
                    settings: ["secrets.key_file": other, "log.level": "error"], status: 1,
                    shows: ["cannot be opened with this key", "set secrets.key_file"])
                chmod(other, 0o644)
                try await night.screen(
                    "doctor --bad", settings: ["secrets.key_file": other], status: 1,
                    shows: ["others may read the key file", "chmod 600"])
            }
        }

        @Test("a setting that does not exist")
        func unknownSetting() async throws {
            try await World.with(.free()) { world in
                let night = Night("unknown-setting", world)
                let file = try world.installation.write("log:\n  levle: debug\n", to: "eralink.yaml")
                try await night.screen(
                    "doctor --bad --config \(file)", status: 1,
                    shows: ["settings: \(file):2: unknown setting \"log.levle\"; did you mean \"log.level\"?"])
                try await night.screen(
                    "serve chat --config \(file)", status: 2, shows: ["unknown setting \"log.levle\"", "did you mean"])
            }
        }

        @Test("the port is taken")
        func portTaken() async throws {
            try await World.with(.free()) { world in
                let night = Night("port-taken", world)
                let port = try await world.daemon("chat-1").ready()
                try await night.screen(
                    "serve chat --port \(port)", settings: ["log.level": "error"], status: 6,
                    shows: [
                        "cannot listen on 127.0.0.1:\(port): Address already in use",
                        "choose another with --host or --port",
                    ])
            }
        }
    }
}

/// libfaketime (package faketime), which shows a process another time.
private enum FakeClock {
    static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

    static func variables(offset: String) -> [String: String] {
        // What waits, waits by the monotonic clock.
        ["LD_PRELOAD": library, "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
    }
}
