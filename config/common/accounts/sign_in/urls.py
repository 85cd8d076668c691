"""The URLs of signing in. They stand before the admin's own, which know no second step and no limit."""

from django.contrib import admin
from django.urls import path

from config.common.accounts.sign_in.account import OwnFactorView, SetUpView, change_password
from config.common.accounts.sign_in.passwords import ForgottenView, SentView, SetPasswordView
from config.common.accounts.sign_in.preferences import PreferencesView, choose_language
from config.common.accounts.sign_in.steps import CodeView, PasswordView

urlpatterns = [
    path("login/", PasswordView.as_view()),
    path("login/code/", CodeView.as_view(), name="sign-in-code"),
    path("password/forgotten/", ForgottenView.as_view(), name="password-forgotten"),
    path("password/sent/", SentView.as_view(), name="password-sent"),
    path("password/set/<uidb64>/<token>/", SetPasswordView.as_view(), name="password-set"),
    path("password_change/", admin.site.admin_view(change_password, cacheable=True)),
    path("preferences/", admin.site.admin_view(PreferencesView.as_view()), name="preferences"),
    path("language/", admin.site.admin_view(choose_language), name="language"),
    path("second-factor/", admin.site.admin_view(OwnFactorView.as_view()), name="second-factor"),
    path("second-factor/set-up/", SetUpView.as_view(), name="second-factor-set-up"),
]
