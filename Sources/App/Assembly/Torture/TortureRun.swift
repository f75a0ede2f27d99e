import Kit
import Ledger
import Operations
import Synchronization

/// Sets the arena up, plays one run in it and takes everything down again, whatever happens.
struct TortureRun {
  /// Orders whose whole story is told when something is violated, and how many violations.
  static let storiesMax = 3
  static let violationsMax = 40

  let context: Context
  let folder: String
  let seed: UInt64
  let orders: Int
  let minutes: Int?
  let command: String

  struct Verdict {
    var text: String
    var json: JSON
    var isFine: Bool
  }

  func play() async throws -> Verdict {
    let log = Log(level: .warning, format: .json, sink: FileSink(folder + "/torture.log").write)
    let arena = try await Arena.open(folder: folder, seed: seed, log: log)
    do {
      var context = context
      context.settings = try Settings(
        SettingsSource(environment: arena.environment, file: nil))
      context.log = log
      let installation = try await Installation.open(context, schema: .any)
      do {
        let verdict = try await play(arena, installation)
        await arena.close()
        await installation.close()
        return verdict
      } catch {
        await arena.close()
        await installation.close()
        throw error
      }
    } catch {
      await arena.close()
      throw error
    }
  }

  private func play(_ arena: Arena, _ installation: Installation) async throws -> Verdict {
    let isEnding = Wish()
    let watch = Task {
      for await _ in Shutdown.signals() { isEnding.isMade.store(true, ordering: .relaxed) }
    }
    defer { watch.cancel() }
    let torture = Torture(
      arena: arena, installation: installation, seed: seed, orders: orders, minutes: minutes,
      isEnding: { isEnding.isMade.load(ordering: .relaxed) })
    try await torture.setOnFire()
    var (violations, hasSettled) = try await torture.settle()
    torture.board.end()
    for end in await arena.stopWorkers() where end?.code != 0 {
      violations.append(
        .init(
          name: "worker_did_not_end", order: "", detail: end?.description ?? "killed after 30 s"))
    }
    for fall in await arena.fallen {
      violations.append(.init(name: "worker_fell", order: "", detail: fall))
    }
    if !hasSettled { violations += try await torture.restless() }
    var figures = torture.figures
    figures.startsInVain = await arena.startsInVain
    return Verdict(
      text: try await text(figures, violations, installation.ledger),
      json: figures.json(violations, command: command, hasSettled: hasSettled),
      isFine: violations.isEmpty)
  }

  private func text(
    _ f: TortureFigures, _ violations: [Judge.Violation], _ ledger: Ledger
  ) async throws -> String {
    let endings = f.endings.sorted { $0.value > $1.value }
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    var text = """

      \(f.ordersFed) orders in \(f.fire.tenths) s of fire and \(f.settling.tenths) s of settling: \(endings)
      \(f.kills) kills, \(f.freezes) freezes, \(f.databaseCrashes) crashes of PostgreSQL and \(f.backendKills) of its processes,
      \(f.outages) outages, \(f.cancels) late cancellations, \(f.faultsFired) faults on calls
      \(f.acceptCalls) accept calls, \(f.labelsBought) labels, \(f.labelsVoided) of them voided, \(f.ships) ships;
      \(f.labelsSurplus) surplus labels, \(f.labelsRaised) orders with one raised to a person; \(f.labelsForCancelled) bought while the cancellation was on its way, and undone
      a person said retry \(f.retries) times and \(f.hastyRetries) times in the fire, and \(f.forPeople) orders wait for one
      \(violations.count) violations

      """
    guard !violations.isEmpty else { return text }
    for violation in violations.prefix(Self.violationsMax) {
      text += "  \(violation.name)  \(violation.order)  \(violation.detail)\n"
    }
    if violations.count > Self.violationsMax { text += "  ... and more: --json FILE has all\n" }
    var told: Set<String> = []
    for order in violations.map(\.order) where !order.isEmpty && told.count < Self.storiesMax {
      guard told.insert(order).inserted else { continue }
      text += "\nThe story of \(order):\n"
      for entry in try await ledger.timeline(of: order).entries {
        text += "  \(entry.at.iso8601)  \(entry.title)  \(entry.detail)\n"
      }
    }
    return text + "\nTo see it again: \(command)\n"
  }
}

/// That the fire ends early: SIGINT or SIGTERM.
private final class Wish: Sendable {
  let isMade = Atomic(false)
}
