from django.apps import AppConfig


class Config(AppConfig):
    name = "vatra.rooms.policy"
    label = "policy"

    def ready(self) -> None:
        from vatra.foundation.access.actions import register_actions
        from vatra.foundation.refs import register_kinds
        from vatra.kernel.words import gettext_noop

        register_kinds(
            {
                "policy.plan": "policy.Plan",
                "policy.node": "policy.Node",
                "policy.stage": "policy.Stage",
                "policy.paper": "policy.StagePaper",
            }
        )
        register_actions(
            {
                "policy.view": ("view", gettext_noop("See plans and objectives")),
                "policy.edit": ("work", gettext_noop("Carry plans through their stages and keep their papers")),
            }
        )
