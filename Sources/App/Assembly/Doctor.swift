import Booking
import CanadaPost
import CustomerService
import HTTPClient
import Kit
import Ledger
import Mirakl
import Operations
import Postgres

/// Examines an installation from the outside in; changes nothing.
struct Doctor {
  /// Less free space than this is too little for a day of labels.
  static let freeBytesMin = 1 << 30
  /// A clock further from the database's is wrong.
  static let clockSkewMax = Duration.seconds(5)

  struct Finding {
    var check: String
    var isFine: Bool
    var says: String
  }

  let context: Context

  func examine() async -> [Finding] {
    var findings = settings()
    findings.append(disk())
    do {
      let installation = try await Installation.open(context, schema: .any)
      findings += await database(installation)
      for shop in installation.shops {
        findings += await marketplace(shop)
        findings.append(await carrier(shop))
      }
      await installation.close()
    } catch {
      findings.append(Finding(check: "database", isFine: false, says: "\(error)"))
    }
    return findings
  }

  private func settings() -> [Finding] {
    context.settings.shops.map { shop in
      var missing: [String] = []
      if shop.mirakl.apiKey.isEmpty { missing.append("QUAYSIDE_MIRAKL_API_KEY") }
      if shop.carrier.user.isEmpty { missing.append("QUAYSIDE_CANADAPOST_USER") }
      if shop.carrier.password.isEmpty { missing.append("QUAYSIDE_CANADAPOST_PASSWORD") }
      if shop.carrier.customerNumber.isEmpty { missing.append("QUAYSIDE_CANADAPOST_CUSTOMER") }
      if missing.isEmpty {
        let sender = ShipmentRequest(
          requestID: "Q", groupID: nil, serviceCode: shop.parcels.serviceCode,
          sender: shop.parcels.sender, destination: shop.parcels.sender,
          parcel: Parcel(
            weightGrams: shop.parcels.weightGrams, lengthMM: shop.parcels.lengthMM,
            widthMM: shop.parcels.widthMM, heightMM: shop.parcels.heightMM), customerRef1: "")
        missing = sender.problems(for: shop.carrier.kind)
          .filter { !$0.field.hasPrefix("destination") }.map { "\($0.field): \($0.problem)" }
      }
      return Finding(
        check: "settings of \(shop.id)", isFine: missing.isEmpty,
        says: missing.isEmpty
          ? "keys and sender are set" : "missing: " + missing.joined(separator: ", "))
    }
  }

  private func disk() -> Finding {
    let folder = context.settings.stateFolder
    try? Folder.make(folder)
    guard let free = Folder.freeBytes(folder) else {
      return Finding(check: "disk", isFine: false, says: "cannot read \(folder)")
    }
    return Finding(
      check: "disk", isFine: free >= Self.freeBytesMin,
      says: "\(free >> 20) MB free for \(folder)")
  }

  private func database(_ installation: Installation) async -> [Finding] {
    var findings: [Finding] = []
    do {
      let connection = try await PostgresConnection.open(
        installation.configuration, deadline: .seconds(10))
      let version =
        try await connection.query(ServerVersion(), deadline: .seconds(10)).first ?? (
          0, Timestamp.now()
        )
      findings.append(
        Finding(
          check: "database", isFine: version.0 >= 150_000,
          says:
            "PostgreSQL \(version.0 / 10_000).\(version.0 % 10_000), \(installation.configuration)")
      )
      let skew = version.1.duration(since: .now())
      let isFine = skew < Self.clockSkewMax && skew > .zero - Self.clockSkewMax
      findings.append(
        Finding(check: "clock", isFine: isFine, says: "\(skew.milliseconds) ms from the database's")
      )
      let problem = try await LedgerSchema.migrator.problem(on: connection)
      findings.append(
        Finding(
          check: "schema", isFine: problem == nil, says: problem?.description ?? "up to date"))
      if problem == nil {
        let counts = try await installation.ledger.counts()
        let open = counts.openFailures + counts.overdueEffects
        findings.append(
          Finding(
            check: "open troubles", isFine: open == 0,
            says:
              """
              \(counts.openFailures) failures wait for a person (`quayside failures`), \
              \(counts.overdueEffects) effects are late
              """
          ))
        findings += try await courier(installation.ledger)
      }
    } catch {
      findings.append(Finding(check: "database", isFine: false, says: "\(error)"))
    }
    return findings
  }

  /// Whether customers can be asked as their businesses want it.
  private func courier(_ ledger: Ledger) async throws -> [Finding] {
    let waiting = try await ledger.businesses()
      .filter { $0.isBookingEnabled && $0.levels.takesCourier }.map(\.id)
    guard !waiting.isEmpty else { return [] }
    let isFine = context.settings.courierCommand != nil
    return [
      Finding(
        check: "courier", isFine: isFine,
        says: isFine
          ? "QUAYSIDE_COURIER_COMMAND is set"
          : "without QUAYSIDE_COURIER_COMMAND agents cannot book what takes a yes of level 2 at "
            + waiting.joined(separator: ", "))
    ]
  }

  private func marketplace(_ shop: ShopClients) async -> [Finding] {
    let id = shop.settings.id
    let account = await shop.mirakl.account()
    guard case .success(let found) = account.result else {
      return [Finding(check: "marketplace of \(id)", isFine: false, says: words(account.result))]
    }
    var findings = [
      Finding(
        check: "marketplace of \(id)", isFine: true,
        says: "\(found.name ?? "?") (\(found.id.map { "\($0)" } ?? "?")) is \(found.state ?? "?")")
    ]
    if context.settings.inbox.pullEvery > .zero {
      let threads = await shop.mirakl.threads(.init())
      let check = "messages of \(id)"
      switch threads.result {
      case .success(let page):
        findings.append(
          Finding(check: check, isFine: true, says: "\(page.threads.count) threads can be read"))
      case .failure(let error):
        findings.append(Finding(check: check, isFine: false, says: error.description))
      }
    }
    let carriers = await shop.mirakl.carriers()
    if case .success(let list) = carriers.result {
      let code = shop.settings.carrierCode
      findings.append(
        Finding(
          check: "carrier code of \(id)", isFine: list.contains { $0.code == code },
          says: "\(code) among \(list.map(\.code).joined(separator: ", "))"))
    }
    return findings
  }

  private func carrier(_ shop: ShopClients) async -> Finding {
    let check = "carrier of \(shop.settings.id)"
    let url = shop.settings.carrier.baseURL
    guard shop.settings.carrier.canVoid else {
      return Finding(
        check: check, isFine: Origin(url: url) != nil, says: "\(url), without contract")
    }
    let groups = await shop.carrier.groups()
    if case .success(let list) = groups.result {
      let names = list.prefix(10).joined(separator: ", ") + (list.count > 10 ? ", ..." : "")
      return Finding(
        check: check, isFine: true,
        says: "\(url) knows us; \(list.count) groups not transmitted"
          + (list.isEmpty ? "" : ": \(names)"))
    }
    return Finding(check: check, isFine: false, says: words(groups.result))
  }

  private func words<Value>(_ result: Result<Value, OutsideError>) -> String {
    if case .failure(let error) = result { return error.description }
    return "answered"
  }

  struct ServerVersion: PostgresStatement {
    static let sql = "select current_setting('server_version_num')::int, clock_timestamp()"
    func bind(_ b: inout PostgresBindings) {}
    static func row(_ r: PostgresRow) throws(PostgresError) -> (Int, Timestamp) {
      (try r.int(0), try r.timestamp(1))
    }
  }
}
