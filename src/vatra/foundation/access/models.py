"""Who may do what: users, roles, grants by office or area, grants to single records, seals."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from vatra.kernel.ids import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    # What Django's login machinery asks of a user; Vatra's own rules live in grants.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.name


class Role(models.Model):
    """A bundle of actions, declared by the pack."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField()
    actions = models.JSONField(default=list)
    incompatible_with = models.JSONField(default=list)  # role codes one person may not hold together


class RoleGrant(models.Model):
    """A user holds a role, for the records of an office or of an area with all that lies in it, or everywhere."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=512, blank=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    because = models.CharField(max_length=500)

    class Meta:
        indexes = [models.Index(fields=["user", "valid_until"])]
        constraints = [
            models.CheckConstraint(
                name="role_grant_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            )
        ]


class RelationshipGrant(models.Model):
    """A user or a body may act on one record, because of what ties them to it; also opens a sealed one."""

    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    action_class = models.CharField(max_length=16)  # "view" or "work"; work includes view
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    because = models.CharField(max_length=500)
    breaks_glass = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["ref_kind", "ref_id", "user"]),
            models.Index(fields=["user", "ref_kind"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="relationship_grant_one_holder",
                condition=Q(user=None, body__isnull=False) | Q(user__isnull=False, body=None),
            ),
            models.CheckConstraint(
                name="broken_glass_is_timed", condition=Q(breaks_glass=False) | Q(valid_until__isnull=False)
            ),
        ]


class BrokenGlass(models.Model):
    """Somebody opened a sealed record in an emergency; another person looks at whether they had to."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    label = models.CharField(max_length=64)  # the record's number, never a name
    office = models.ForeignKey("bodies.Body", null=True, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=500)
    broken_at = models.DateTimeField()
    until = models.DateTimeField()
    verdict = models.CharField(max_length=16, blank=True)  # justified, not_justified
    remark = models.CharField(max_length=500, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    IMPERSONAL = True  # a work item on it says only that there is one: it needs the item's action, not the record

    class Meta:
        indexes = [models.Index(fields=["office", "reviewed_at"])]
        constraints = [
            models.CheckConstraint(
                name="broken_glass_reviewed_by_another", condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user"))
            ),
            models.CheckConstraint(
                name="reviewed_glass_has_a_verdict",
                condition=Q(reviewed_by=None, reviewed_at=None, verdict="")
                | (Q(reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(verdict="")),
            ),
        ]


class SignedLink(models.Model):
    """A way in without an account: whoever holds the link may do `actions` on one record, as the body it was made for.

    Only the hash of the link is kept, so that no copy of the database opens anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    token_hash = models.CharField(max_length=64, unique=True)
    ref_kind = models.CharField(max_length=64)
    ref_id = models.UUIDField()
    body = models.ForeignKey("bodies.Body", on_delete=models.PROTECT, related_name="+")
    actions = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.JSONField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ref_kind", "ref_id"])]
        constraints = [
            models.CheckConstraint(name="link_expires_after_it_is_made", condition=Q(expires_at__gt=F("made_at")))
        ]


class LinkTry(models.Model):
    """Somebody came with a link, right or wrong; kept for a day, to slow down who tries many."""

    link = models.ForeignKey(SignedLink, null=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=64)  # keyed hash of where it came from
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["origin", "at"]), models.Index(fields=["link", "at"])]
