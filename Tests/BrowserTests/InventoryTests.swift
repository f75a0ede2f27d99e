import Kit
import Testing

extension BrowserTests {
  @Suite struct Inventory {
    @Test(
      "a morning in the inventory: a part, a bill, a file with errors, a blind count by scanner")
    func inventory() async throws {
      try await BrowserStage.play { stage in
        try await stage.account("robin", "owner")
        try await stage.scene("inventory", deadline: .seconds(240))
        // Received, adjusted, brought by a file, and found when it was counted: by movements alone.
        try await stage.expect("select count(*) from stock_movements", 5)
        try await stage.expect(
          "select sum(on_hand) from component_stock", 34)
        try await stage.expect(
          "select count(*) from audit_trail where action like 'stock.%' and actor <> 'robin'", 0)
      }
    }
  }
}
