import CanadaPost
import Kit
import Mirakl
import Operations
import Orders
import Sandbox

extension ShopSettings {
  /// The first shop of a sandbox, with its carrier account.
  static func sandboxed(_ world: SandboxSettings, url: String) -> ShopSettings {
    ShopSettings(
      id: "main", name: world.shops[0].name,
      mirakl: MiraklAccount(
        shopID: "main", baseURL: url, apiKey: world.shops[0].apiKey,
        miraklShopID: world.shops[0].id),
      carrier: CanadaPostAccount(
        baseURL: url, user: world.carrierUser, password: world.carrierPassword,
        customerNumber: world.customerNumber,
        kind: .contract(contractID: world.contractID, methodOfPayment: "Account")),
      parcels: ParcelSettings(
        sender: Address(
          name: "Shipping desk", company: "Example Laptops", line1: "9 Sample Road",
          city: "Halifax", province: "NS", postalCode: "B3J1A1", phone: "902-555-0199",
          email: "shipping@example.com")))
  }
}
