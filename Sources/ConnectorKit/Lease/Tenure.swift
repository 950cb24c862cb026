import Coordination
import Domain
import Logging
import Store

/// One holding of an account's lease, from taking it to giving it back.
struct Tenure: Sendable {
    let service: ConnectorService
    let account: ConnectorAccount
    /// The account's settings as they were when it began: a change ends the tenure, and the next one has the new ones.
    let version: Int64
    let term: LeaseTerm

    private var settings: ConnectorService.Settings { service.settings }

    /// Polls and sends until the lease is lost, the account is changed, or the service stops. Returns when the lease was given
    /// back and every attempt that was under way has its outcome recorded.
    func serve(until stopping: Flag, _ stop: Alarm) async {
        let instance: ConnectorInstance
        do throws(EralinkError) {
            instance = try service.make(account)
        } catch {
            service.logger.error("the connector cannot be made", metadata: ["error": "\(error)"])
            return await giveBack()
        }
        let dispatcher = Dispatcher(
            account: account, connector: instance.connector, store: service.store, coordination: service.coordination,
            term: term, holder: settings.member,
            settings: .init(
                rate: instance.rate, ratePerChat: instance.ratePerChat, burstPerChat: instance.burstPerChat,
                attemptDeadline: AttemptTiming.deadline(sendTimeout: instance.sendTimeout)),
            metrics: service.metrics, logger: service.logger)
        let actions = Actions(
            account: account, connector: instance.connector, store: service.store, coordination: service.coordination,
            term: term, holder: settings.member, metrics: service.metrics, logger: service.logger)
        // The sends outlive the tenure: the lease is given back while they end.
        await withDiscardingTaskGroup { sends in
            sends.addTask {
                await hold(dispatcher, actions, instance.connector, stopping, stop)
                await giveBack()
            }
            sends.addTask { await actions.work() }
            for await job in dispatcher.jobs { sends.addTask { await dispatcher.perform(job) } }
        }
        await instance.close()
    }

    private func hold(
        _ dispatcher: Dispatcher, _ actions: Actions, _ connector: any MessengerConnector, _ stopping: Flag,
        _ stop: Alarm
    ) async {
        await withTaskGroup { group in
            group.addTask { await dispatcher.run() }
            group.addTask { await actions.run() }
            group.addTask {
                await Poller(
                    account: account, connector: connector, store: service.store, coordination: service.coordination,
                    term: term, health: service.health, metrics: service.metrics, logger: service.logger
                ).run()
            }
            group.addTask {
                await Downloader(
                    account: account, connector: connector, store: service.store, coordination: service.coordination,
                    term: term, limit: settings.fileLimit, logger: service.logger
                ).run()
            }
            await renew(stopping, stop)
            term.finish()
            group.cancelAll()
        }
    }

    /// Renews every third of the term; returns when the lease is lost or no longer wanted.
    private func renew(_ stopping: Flag, _ stop: Alarm) async {
        var next = ContinuousClock.now + settings.term / 3
        while !Task.isCancelled && !stopping.isRaised && term.isValid {
            await stop.wait(until: min(next, term.until))
            guard ContinuousClock.now >= next, !stopping.isRaised else { continue }
            let sent = ContinuousClock.now
            do throws(EralinkError) {
                let state = try await service.store.holdLease(
                    of: account.id, as: settings.member, host: settings.host, term: settings.term)
                guard state.holder == settings.member, state.epoch == term.proof.epoch else {
                    service.logger.warning("the lease has passed on", metadata: ["epoch": "\(state.epoch)"])
                    return
                }
                term.extend(until: sent + settings.term)
                if state.accountVersion != version || !state.enabled {
                    service.logger.notice("the account was changed, beginning anew")
                    return
                }
                next = sent + settings.term / 3
            } catch {
                service.logger.warning("the lease cannot be renewed", metadata: ["error": "\(error)"])
                next = .now + .milliseconds(500)
            }
        }
    }

    private func giveBack() async {
        service.metrics.holds(account.name, epoch: 0)
        try? await service.store.releaseLease(term.proof, holder: settings.member)
        service.coordination.resign(account: settings.account, id: settings.member)
        service.logger.notice("gave the lease back", metadata: ["epoch": "\(term.proof.epoch)"])
    }
}
