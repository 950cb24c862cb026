import Coordination
import Domain
import Store

/// Asks everything at once, each within its own limit, and has the checks judge what came.
struct Examination: Sendable {
    let context: CommandContext
    var asksMessengers = true

    func diagnoses() async -> [Diagnosis] {
        async let database = DatabaseFacts.gather(context)
        async let cluster = cluster()
        async let proxy = proxyChecks()
        let facts = await database
        let report = await cluster
        async let messengers = messengerChecks(facts)
        async let services = serviceChecks(report, facts)
        var all = facts.diagnoses()
        all += ZooKeeperCheck.judge(report, accounts: Set(facts.statuses.map(\.name)))
        all += await services
        all += keyCheck(facts)
        all += await accountChecks(facts, report, messengers)
        all += await proxy
        all += DiskCheck.judge(disks(facts))
        all.append(
            ProcessCheck.judge(
                descriptors: ProcessCheck.descriptors(), sessions: context.settings.limits.sessions))
        return all
    }

    /// That it could not be compared with a database which is away is said by the database's own checks.
    private func cluster() async -> ClusterReport? {
        guard var report = (try? await context.comparedClusterReport()) ?? nil else { return nil }
        report.findings.removeAll { $0.text.hasPrefix(ClusterReport.notCompared) }
        return report
    }

    // MARK: the key

    private func keyCheck(_ facts: DatabaseFacts) -> [Diagnosis] {
        let path = context.settings.secrets.keyFile
        do {
            let box = try context.secretBox()
            let opened = facts.accounts.map { account -> (account: String, error: EralinkError?) in
                do throws(EralinkError) {
                    _ = try AccountSecrets(opening: account.sealedSecret, of: account.name, with: box)
                    return (account.name, nil)
                } catch {
                    return (account.name, error)
                }
            }
            return KeyCheck.judge(path: path, key: nil, opened: opened)
        } catch {
            let known = error as? EralinkError ?? EralinkError(.internal, "\(error)")
            return KeyCheck.judge(path: path, key: known, opened: [])
        }
    }

    // MARK: accounts

    private func accountChecks(
        _ facts: DatabaseFacts, _ report: ClusterReport?, _ messengers: [String: [Diagnosis]]
    ) -> [Diagnosis] {
        let registered = report.flatMap { $0.quorum ? $0.components : nil }
        return facts.statuses.flatMap { status in
            AccountCheckup.judge(
                AccountCheckup.Facts(
                    status: status, queue: facts.queues.first { $0.account == status.name },
                    members: registered.map { $0.filter { $0.account == status.name } },
                    now: facts.databaseNow ?? context.now(), polls: MessengerQuestion.polls(status.kind)))
                + (messengers[status.name] ?? [])
        }
    }

    private func messengerChecks(_ facts: DatabaseFacts) async -> [String: [Diagnosis]] {
        guard asksMessengers, let box = try? context.secretBox() else { return [:] }
        let accounts = facts.accounts.filter(\.enabled)
        return await withTaskGroup(of: (String, [Diagnosis]).self) { group in
            for account in accounts {
                group.addTask { (account.name, await MessengerQuestion(account, box, context).diagnoses()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    // MARK: what stands around

    private func serviceChecks(_ report: ClusterReport?, _ facts: DatabaseFacts) async -> [Diagnosis] {
        let components = report?.components ?? []
        let asker = WebQuestion(client: nil)
        let answers = await withTaskGroup(of: (ServicesCheck.Answer, [AgentsCheck.Cut]).self) { group in
            for component in components.prefix(64) {
                group.addTask {
                    let answer = await asker.readiness(of: component)
                    guard answer.status != nil, ["chat", "all"].contains(component.role) else { return (answer, []) }
                    return (answer, AgentsCheck.cuts(in: await asker.metrics(of: component), now: context.now()))
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        await asker.close()
        let daemons = ServicesCheck.judge(answers.map(\.0).sorted { $0.component.id < $1.component.id })
        guard facts.tokens != nil else { return daemons }
        return daemons + AgentsCheck.judge(busiest: facts.busiest, cuts: answers.flatMap(\.1))
    }

    private func proxyChecks() async -> [Diagnosis] {
        let settings = context.settings
        guard context.loadedSettings.origins["files.url"] != nil else { return [] }
        let asker = WebQuestion(client: settings.client.caFile == nil ? nil : settings.client)
        let reach = await asker.reach(settings.urls.files)
        await asker.close()
        return [ProxyCheck.judge(files: settings.urls.files, reach)]
    }

    private func disks(_ facts: DatabaseFacts) -> [DiskCheck.Disk] {
        // The database's own only where it runs here.
        let paths = ["/", context.environment["TMPDIR"] ?? "/tmp", facts.isLocal ? facts.health?.dataDirectory : nil]
        var seen: Set<[Int64]> = []
        return paths.compactMap(\.self).compactMap(DiskCheck.look).filter {
            seen.insert([$0.totalBytes, $0.freeBytes]).inserted
        }
    }
}
