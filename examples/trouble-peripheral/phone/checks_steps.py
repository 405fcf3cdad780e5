"""The steps of the secure phone, but for those that need a radio."""
import proofs
from pipe_link import PipeLink
from secure_steps import SecureSteps
from world import World


async def the_steps_of_the_secure_phone_are_taken_at_each_mtu(world: World) -> None:
    for mtu in (23, 185, 247):
        async def connect(mtu: int = mtu) -> PipeLink:
            return world.device.connect(mtu)

        steps = SecureSteps(connect, world.label, proofs.account("0x" + "11" * 32), world.device.now)
        for step in (
            steps.handshake, steps.device_proof, steps.owner_grant, steps.identify, steps.claim, steps.vin,
            steps.plan_upload, steps.drop_and_resume, steps.wrong_secret_refused, steps.replay_refused,
        ):
            await step()
        world.device.disconnect()
