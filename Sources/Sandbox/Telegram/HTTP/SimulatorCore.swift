import NIOCore
import NIOPosix
import Synchronization

/// The world behind its lock, and the calls that wait for their answers.
final class SimulatorCore: Sendable {
    private let clock: @Sendable () -> Double
    private let world: Mutex<TelegramWorld>
    private let pending = Mutex<[UInt64: Pending]>([:])
    private let timers: any EventLoop

    /// How one call gets its answer.
    struct Responder: Sendable {
        var answer: @Sendable (TelegramAnswer) -> Void
        /// Ends the connection without an answer.
        var drop: @Sendable () -> Void
        /// The caller is gone and hears nothing.
        var cancel: @Sendable () -> Void = {}
    }

    private struct Pending {
        var responder: Responder
        var alarm: Scheduled<Void>?
        /// When the alarm goes off.
        var alarmTime = Double.infinity
    }

    init(_ configuration: SimulatedTelegram.Configuration) {
        clock = configuration.clock
        world = Mutex(TelegramWorld(configuration))
        timers = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Uses the world under its lock and then does what it left to be done outside.
    func perform<Value: Sendable, Failure: Error>(
        _ body: (TelegramWorld) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let (result, effects) = world.withLock { world in
            world.now = clock()
            let result: Result<Value, Failure>
            do throws(Failure) {
                result = .success(try body(world))
            } catch {
                result = .failure(error)
            }
            world.settleWaits()
            return (result, world.takeEffects())
        }
        for effect in effects { deliver(effect) }
        return try result.get()
    }

    /// Takes a call in: the responder is known before the world can answer.
    @discardableResult
    func begin(_ responder: Responder, _ body: (TelegramWorld, UInt64) -> Void) -> UInt64 {
        perform { world in
            let call = world.nextCall()
            pending.withLock { $0[call] = Pending(responder: responder) }
            body(world, call)
            return call
        }
    }

    /// The client is gone.
    func abandon(_ call: UInt64) {
        let entry = pending.withLock { $0.removeValue(forKey: call) }
        guard let entry else { return }
        entry.alarm?.cancel()
        perform { $0.abandoned(call) }
        entry.responder.cancel()
    }

    private func deliver(_ effect: TelegramWorld.Effect) {
        switch effect {
        case .answer(let call, let answer, let delay):
            guard delay > 0 else { return respond(call, answer) }
            timers.scheduleTask(in: .nanoseconds(Int64(delay * 1e9))) { self.respond(call, answer) }
        case .drop(let call): take(call)?.drop()
        case .forget(let call): take(call)?.cancel()
        case .alarm(let call, let time): setAlarm(for: call, at: time)
        }
    }

    /// Of two alarms for one call the earlier one holds: effects are delivered outside the world's lock, so that of a poll that
    /// begins to wait and an update that wakes it either may come here first.
    private func setAlarm(for call: UInt64, at time: Double) {
        let seconds = max(0, time - clock())
        let alarm = timers.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { self.ring(call, at: time) }
        let superfluous = pending.withLock { pending -> Scheduled<Void>? in
            guard let known = pending[call], time < known.alarmTime else { return alarm }
            pending[call]?.alarm = alarm
            pending[call]?.alarmTime = time
            return known.alarm
        }
        superfluous?.cancel()
    }

    private func ring(_ call: UInt64, at time: Double) {
        pending.withLock { pending in
            guard pending[call]?.alarmTime == time else { return }
            pending[call]?.alarm = nil
            pending[call]?.alarmTime = .infinity
        }
        perform { $0.alarm(call) }
    }

    private func respond(_ call: UInt64, _ answer: TelegramAnswer) { take(call)?.answer(answer) }

    private func take(_ call: UInt64) -> Responder? {
        guard let entry = pending.withLock({ $0.removeValue(forKey: call) }) else { return nil }
        entry.alarm?.cancel()
        return entry.responder
    }
}
