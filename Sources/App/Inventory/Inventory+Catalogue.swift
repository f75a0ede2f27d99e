import Kit
import Ledger
public import People
import Postgres

extension Inventory {
  /// Names of one look-up.
  private static let namesBatch = 5_000

  /// Checks a file of variants or mappings against the stock, and writes nothing.
  /// - Throws: `InventoryError.unreadableFile`, or `PostgresError`.
  public func preview(
    _ kind: CataloguePlan.Kind, file name: String, _ bytes: [UInt8]
  ) async throws -> CataloguePlan {
    var plan = try CataloguePlan(kind, fileName: name, bytes: bytes)
    let parts = try await known(
      plan.variants.values.flatMap { $0.bill?.map(\.code) ?? [] }
    ) { Set(try await ledger.find(codes: $0).ids.keys) }
    let variants = try await known(
      plan.variants.values.map(\.internalSKU) + plan.mappings.values.map(\.internalSKU)
    ) { try await ledger.knownVariants($0) }
    let shops = try await ledger.shopIDs()
    var refusals: [ImportPlan.Refusal] = []
    for index in plan.rows.indices {
      let row = plan.rows[index]
      var why: String?
      if let stranger = plan.variants[row.line]?.bill?.first(where: { !parts.contains($0.code) }) {
        why = "bill: there is no part \(stranger.code.prefix(80))"
      }
      if let mapping = plan.mappings[row.line] {
        if !variants.contains(mapping.internalSKU) {
          why = "sku: there is no variant \(mapping.internalSKU.prefix(80))"
        } else if !mapping.shopID.isEmpty, !shops.contains(mapping.shopID) {
          why = "shop: there is no shop \(mapping.shopID.prefix(40))"
        }
      }
      if let why {
        refusals.append(.init(line: row.line, code: String(row.name.prefix(80)), why: why))
      }
      plan.rows[index].isNew = plan.kind == .variants && !variants.contains(row.name)
    }
    plan.refuse(refusals)
    return plan
  }

  private func known(
    _ names: [String], _ find: ([String]) async throws -> Set<String>
  ) async throws -> Set<String> {
    let names = Array(Set(names))
    var found: Set<String> = []
    for start in stride(from: 0, to: names.count, by: Self.namesBatch) {
      found.formUnion(
        try await find(Array(names[start..<min(start + Self.namesBatch, names.count)])))
    }
    return found
  }

  /// Applies what a preview found, whole or not at all.
  /// - Parameter staged: where the file is kept, if it is: it is applied once.
  /// - Returns: how many open orders took their parts on.
  /// - Throws: `InventoryError.rowsRefused` when some are and nothing was wanted then; `noSuchFile`.
  public func apply(
    _ plan: CataloguePlan, whenRefused: WhenRefused, staged: Int64? = nil, by actor: Actor
  ) async throws -> Int {
    if !plan.refused.isEmpty, whenRefused == .nothing {
      throw InventoryError.rowsRefused(plan.refused.count)
    }
    do {
      return try await ledger.apply(
        CatalogueImport(
          fileName: plan.fileName, variants: plan.rows.compactMap { plan.variants[$0.line] },
          mappings: plan.rows.compactMap { plan.mappings[$0.line] }, refused: plan.refused.count),
        staged: staged, by: actor)
    } catch is Ledger.FileIsGone {
      throw InventoryError.noSuchFile
    } catch is Ledger.UnknownComponent {
      throw InventoryError.unreadableFile("a part or a variant went meanwhile; look at it again")
    }
  }
}
