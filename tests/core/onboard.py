"""Onboard a fresh Core, keep a long-lived token, keep the port, and wait until Core says RUNNING.

usage: onboard.py URL TOKEN_FILE

A Core that is onboarded already (the token file exists) is only waited for.
"""

import asyncio
import pathlib
import sys

import aiohttp

OWNER = {"name": "Test", "username": "test", "password": "test-password", "language": "en"}
RUNNING_WITHIN = 120


async def onboard(session: aiohttp.ClientSession, client_id: str) -> str:
    """Make the owner and finish onboarding; the answer is a token for half an hour."""

    async def post(path: str, token: str | None = None, **kwargs) -> dict:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with session.post(path, headers=headers, **kwargs) as answer:
            if answer.status >= 400:
                raise SystemExit(f"onboard: {path} answered {answer.status}: {await answer.text()}")
            return await answer.json()

    user = await post("/api/onboarding/users", json={"client_id": client_id, **OWNER})
    grant = {"grant_type": "authorization_code", "code": user["auth_code"], "client_id": client_id}
    token = (await post("/auth/token", data=grant))["access_token"]
    # Not the core_config step: it adds integrations that look for the internet.
    await post("/api/onboarding/analytics", token, json={})
    await post("/api/onboarding/integration", token, json={"client_id": client_id, "redirect_uri": client_id})
    return token


async def main(url: str, token_file: pathlib.Path) -> None:
    """See the module."""
    async with aiohttp.ClientSession(url) as session:
        fresh = not token_file.exists() or not token_file.read_text().strip()
        token = await onboard(session, url + "/") if fresh else token_file.read_text().strip()
        async with session.ws_connect("/api/websocket", max_msg_size=0) as socket:
            number = 0

            async def call(**command) -> dict:
                nonlocal number
                number += 1
                await socket.send_json({"id": number, **command})
                while True:
                    message = await socket.receive_json()
                    if message.get("id") == number and message["type"] == "result":
                        return message

            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": token})
            if (await socket.receive_json())["type"] != "auth_ok":
                raise SystemExit(f"onboard: Core refused the token in {token_file}; remove this home and start afresh")
            if fresh:
                made = await call(type="auth/long_lived_access_token", client_name="tests", lifespan=3650)
                token_file.touch(mode=0o600)
                token_file.write_text(made["result"])
            # Since 2026.11 the YAML port is on trial for five minutes unless promoted. Older Cores do not know this
            # command and obey the YAML; a later boot has nothing to promote. Both answer with an error that is fine.
            await call(type="http/config/promote")
            async with asyncio.timeout(RUNNING_WITHIN):
                while (await call(type="get_config"))["result"]["state"] != "RUNNING":
                    await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], pathlib.Path(sys.argv[2])))
