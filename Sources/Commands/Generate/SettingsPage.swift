/// eralink-settings(5).
enum SettingsPage {
    static let files = [
        ("/etc/eralink/eralink.yaml", "Settings of the machine."),
        ("$XDG_CONFIG_HOME/eralink/eralink.yaml", "Settings of a person; without the variable `~/.config` is meant."),
    ]

    static var page: ManualPage {
        var page = ManualPage("eralink-settings", section: 5, "Settings of Eralink and where they come from.")
        page.section("DESCRIPTION")
        page.sentences(
            """
            A setting is taken from the first of these that has it: a flag of the command line, the environment, a credential \
            of systemd, the file of `--config`, the files below, and its default.

            The variable of a setting is its key in upper case with `ERALINK_` before it and `_` for every dot; an empty one \
            counts as not set. A credential has the key as its name, as in `LoadCredential=database.url:/etc/eralink/database.url`.

            A file is YAML with keys nested or dotted. An unknown key is an error; an unknown `ERALINK_` variable is a warning.

            Durations are `500ms`, `10s`, `5m`, `2h`, `3d`, sizes `64KiB`, `200MiB`.
            """)
        page.subsection("Keys")
        page.list { page in
            for key in Settings.keys {
                page.macro("It Cm \(ManualPage.argument(key.name)) Pq Ar \(ManualPage.argument(key.kind))")
                page.sentences(ManualPage.sentence(key.text, end: "."))
                page.sentences("Default: \(key.shownDefault == "–" ? "not set" : key.shownDefault).")
            }
        }
        page.section("ENVIRONMENT")
        page.list { page in
            for key in Settings.keys { page.item(key.environmentName, "`\(key.name)`") }
        }
        page.section("FILES")
        page.list { page in
            for (path, text) in files { page.item(path, text) }
        }
        page.section("EXAMPLES")
        page.examples([
            CommandExample("eralink config defaults > /etc/eralink/eralink.yaml", "start a file"),
            CommandExample("eralink config check", "see whether all of it can be read"),
            CommandExample("eralink config show --origin", "see which settings hold, and where they come from"),
        ])
        page.seeAlso(["eralink 1", "eralink-config 1", "systemd.exec 5"])
        return page
    }
}
