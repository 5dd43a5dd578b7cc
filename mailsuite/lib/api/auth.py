"""Access tokens: signing in, staying signed in, signing out.

An access token lives for ten minutes and carries a mark of its owner's password; deactivating a
person or changing the password ends all tokens at once, the refresh tokens included.
"""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings as jwt_settings
from rest_framework_simplejwt.tokens import RefreshToken
from rest_framework_simplejwt.utils import get_md5_hash_password

from mailsuite.lib.api.strict import StrictSerializer


class LockedOut(APIException):
    """Too many wrong passwords for this name from this address."""

    status_code = 429
    default_code = "locked_out"

    def __init__(self, request: Request) -> None:
        cool_off = get_cool_off(request)
        self.wait = int(cool_off.total_seconds()) if cool_off else None
        super().__init__(
            "Too many failed logins for this name from this address. "
            f"Try again in {(self.wait or 0) // 60} minutes, or ask an administrator to unlock it."
        )


class Credentials(StrictSerializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class Refresh(StrictSerializer):
    refresh = serializers.CharField(max_length=4000)


class TokenPair(serializers.Serializer):
    access = serializers.CharField(help_text="Send as “Authorization: Bearer <access>”.")
    refresh = serializers.CharField(help_text="Good for one POST /auth/refresh.")


class Nothing(serializers.Serializer):
    """An answer without content."""


class OpenView(GenericAPIView):
    """Needs no token: this is where tokens come from."""

    authentication_classes = ()
    permission_classes = ()

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'  # makes a failed login a 401 (RFC 9110 §11.6.1), not a 403

    def validated(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


@extend_schema(tags=["auth"], responses=TokenPair)
class TokenView(OpenView):
    """Name and password for a pair of tokens. Locks after ten wrong passwords (429)."""

    serializer_class = Credentials

    @extend_schema(operation_id="auth_token", responses={200: TokenPair, 429: TokenPair})
    def post(self, request: Request) -> Response:
        user = authenticate(request, **self.validated(request))
        if getattr(request, "axes_locked_out", False):
            raise LockedOut(request)
        if user is None:
            raise AuthenticationFailed("The name or the password is wrong.", "wrong_credentials")
        # Writes last_login, and has axes forget the failed tries.
        user_logged_in.send(sender=type(user), request=request, user=user)
        return Response(_pair(RefreshToken.for_user(user)))


@extend_schema(tags=["auth"])
class RefreshView(OpenView):
    """A refresh token for a new pair. It is good for one time: keep the new one."""

    serializer_class = Refresh

    @extend_schema(operation_id="auth_refresh", responses=TokenPair)
    def post(self, request: Request) -> Response:
        token = _refresh_token(self.validated(request)["refresh"])
        user = _owner(token)
        token.blacklist()
        return Response(_pair(RefreshToken.for_user(user)))


@extend_schema(tags=["auth"])
class LogoutView(OpenView):
    """Makes a refresh token useless. Access tokens made from it end within ten minutes."""

    serializer_class = Refresh

    @extend_schema(operation_id="auth_logout", responses=Nothing)
    def post(self, request: Request) -> Response:
        _refresh_token(self.validated(request)["refresh"]).blacklist()
        return Response({})


def _pair(token: RefreshToken) -> dict[str, str]:
    return {"access": str(token.access_token), "refresh": str(token)}


def _refresh_token(text: str) -> RefreshToken:
    try:
        return RefreshToken(text)  # type: ignore[arg-type]  # simplejwt annotates it wrongly
    except TokenError:
        raise AuthenticationFailed(
            "The refresh token is not valid, has expired or was used before. Sign in again.",
            "token_not_valid",
        ) from None


def _owner(token: RefreshToken) -> User:
    """Who the token was made for, if that person may still come in with it.

    simplejwt checks the password's mark on access tokens only, so that a thief's refresh token
    would outlive the change of a password.
    """
    users = get_user_model().objects.filter(is_active=True)
    user = users.filter(pk=token[jwt_settings.USER_ID_CLAIM]).first()
    mark = token.get(jwt_settings.REVOKE_TOKEN_CLAIM)
    if user is None or mark != get_md5_hash_password(user.password):
        raise AuthenticationFailed(
            "This account is closed or its password was changed. Sign in again.",
            "token_not_valid",
        )
    return user
