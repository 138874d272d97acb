from django.contrib.admin.apps import AdminConfig


class AdminPanelConfig(AdminConfig):
    """Django's admin, signed in through the same door as everything else."""

    default_site = "office.admin_site.PanelSite"
