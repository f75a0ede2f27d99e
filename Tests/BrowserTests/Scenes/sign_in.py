"""The first page makes the owner, who invites; each role sees its rooms and is refused the others."""

from house import House

with House() as house:
    page = house.stranger()
    page.goto(house.url + "/orders?status=parked")
    assert "/sign-in" in page.url
    assert page.get_by_role("heading", name="Welcome to Quayside").is_visible()
    house.check(page)
    page.get_by_label("Your name").fill("Robin Example")
    page.get_by_label("Name to sign in with").fill("robin")
    page.get_by_label("Password", exact=True).fill(house.password)
    page.get_by_label("Password once more").fill(house.password)
    page.get_by_role("button", name="Make my account").click()
    assert page.get_by_role("heading", name="Overview").is_visible()

    # The door is closed for the next one.
    other = house.stranger()
    other.goto(house.url + "/")
    assert other.get_by_role("heading", name="Sign in").is_visible()
    house.check(other)

    # Nothing that a script could read, and nothing that leaves our pages.
    assert page.evaluate("document.cookie") == ""

    page.get_by_role("link", name="People").click()
    page.get_by_label("Full name").fill("Kim <script>alert(1)</script>")
    page.get_by_label("Name to sign in with").fill("kim")
    page.get_by_label("First password").fill(house.password)
    page.get_by_label("Role", exact=True).select_option("packer")
    page.get_by_role("button", name="Add").click()
    assert "may come in now, as packer" in page.get_by_role("status").inner_text()
    house.check(page)

    packer = house.visit("kim")
    assert packer.get_by_role("heading", name="Overview").is_visible()
    assert packer.get_by_role("link", name="People").count() == 0
    for address in ["/people", "/people/audit"]:
        answer = packer.goto(house.url + address)
        assert answer.status == 403
        assert packer.get_by_role("heading", name="Not yours to do").is_visible()
    house.check(packer)

    # A form of another site, with the owner's cookie and even with the right token: it helps nobody.
    # The same from a page of ours counts, so the refusal was for where it came from.
    fields = {
        "full_name": "Mallory", "name": "mallory", "password": house.password, "role": "viewer",
        "_form": page.locator('meta[name="form-token"]').get_attribute("content"),
    }
    for site, status, there in [("cross-site", 403, False), ("same-origin", 303, True)]:
        answer = page.request.post(
            house.url + "/people", form=fields, headers={"Sec-Fetch-Site": site}, max_redirects=0
        )
        assert answer.status == status, f"{site}: {answer.status}"
        page.goto(house.url + "/people")
        assert (page.get_by_text("Mallory").count() > 0) == there, site

    page.get_by_role("link", name="Audit trail").click()
    trail = page.get_by_role("table").inner_text()
    assert "Person: add" in trail and "Page: refused" in trail and "127.0.0.1" in trail
    house.check(page)

    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", name="Sign in").is_visible()
    page.goto(house.url + "/people")
    assert page.get_by_role("heading", name="Sign in").is_visible()
