/// A numbered step of the schema. Append-only: a step that has been released never changes; what a newer version needs comes
/// in a further step, which the older version must survive (expand, then contract).
struct Migration: Sendable {
    var number: Int
    var name: String
    var sql: String

    static let all: [Migration] = [
        Migration(number: 1, name: "texts", sql: String(decoding: PackageResources.m0001_texts_sql, as: UTF8.self)),
        Migration(number: 2, name: "files", sql: String(decoding: PackageResources.m0002_files_sql, as: UTF8.self)),
        Migration(number: 3, name: "speed", sql: String(decoding: PackageResources.m0003_speed_sql, as: UTF8.self)),
        Migration(number: 4, name: "actions", sql: String(decoding: PackageResources.m0004_actions_sql, as: UTF8.self)),
    ]

    static var latest: Int { all.last?.number ?? 0 }
}
