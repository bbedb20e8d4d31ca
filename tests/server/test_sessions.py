"""One's own sessions over HTTP: seen and ended, with their sockets."""

from tests.people import People, Person, Socket


async def test_seeing_and_ending_ones_sessions(people: People) -> None:
    phone = await Person(people.box, "ana").sign_in(cookie=True)
    socket = await phone_socket(phone)
    listed = (await people.ana.get("/api/sessions")).json
    assert listed["next"] is None
    assert sorted((one["kind"], one["current"]) for one in listed["items"]) == [
        ("bearer", True),
        ("cookie", False),
    ]
    for one in listed["items"]:
        assert one["address"] == "127.0.0.1"
        assert set(one) == {"id", "kind", "client", "address", "created", "seen", "current"}
    other = next(one["id"] for one in listed["items"] if not one["current"])
    assert (await people.ana.delete(f"/api/sessions/{other}")).status == 204
    assert (await phone.get("/api/users/me")).status == 401
    assert await socket.closed() == 4001
    assert (await people.ana.get("/api/users/me")).status == 200
    assert (await people.ana.delete(f"/api/sessions/{other}")).status == 404
    await phone.leave()


async def phone_socket(phone: Person) -> Socket:
    """A browser's socket goes by the cookie; this client shows the same secret as a token."""
    return await phone.connect(token=phone.cookie.partition("=")[2])


async def test_ending_the_present_one_is_signing_out(people: People) -> None:
    phone = await Person(people.box, "ana").sign_in(cookie=True)
    items = (await phone.get("/api/sessions")).json["items"]
    mine = next(one["id"] for one in items if one["current"])
    answer = await phone.request("DELETE", f"/api/sessions/{mine}", headers={"X-PiChat": "1"})
    assert answer.status == 204
    assert answer.headers["Set-Cookie"].startswith('pichat="";')
    assert (await phone.get("/api/users/me")).status == 401
    await phone.leave()


async def test_sessions_of_others_are_not_found(people: People) -> None:
    mine = (await people.ana.get("/api/sessions")).json["items"][0]["id"]
    for person in (people.beto, people.admin):
        answer = await person.delete(f"/api/sessions/{mine}")
        assert (answer.status, answer.code) == (404, "not_found")
    assert (await people.ana.get("/api/users/me")).status == 200
    assert (await Person(people.box).get("/api/sessions")).status == 401
