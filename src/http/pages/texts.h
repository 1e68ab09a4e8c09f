#pragma once

#include <string_view>

// What the pages say, in one place. Sentences about a problem are those of the API
// (docs/http_api.md) unless they stand here.
namespace latchkey::http::texts {

// Around every page.
inline constexpr std::string_view kFooter = "Your sessions, kept by latchkey. Times are UTC.";

// Forms.
inline constexpr std::string_view kUsername = "User name or e-mail";
inline constexpr std::string_view kPassword = "Password";
inline constexpr std::string_view kPasswordRule =
    "At least 15 characters. A few random words make a good one.";
inline constexpr std::string_view kTryAgainIn = " You can try again in ";
inline constexpr std::string_view kMinutes = " minutes.";
inline constexpr std::string_view kSecond = " second.";
inline constexpr std::string_view kSeconds = " seconds.";
inline constexpr std::string_view kWrongPassword = "The password is wrong.";

// Confirm who you are.
inline constexpr std::string_view kReauthTitle = "Confirm it is you";
inline constexpr std::string_view kReauthLead =
    "What you want to do needs your password once more, because you logged in a while ago.";
inline constexpr std::string_view kReauthButton = "Confirm";

// A forgotten password.
inline constexpr std::string_view kForgotLink = "Forgot your password?";
inline constexpr std::string_view kForgotTitle = "Forgotten password";
inline constexpr std::string_view kForgotLead =
    "Give the name or e-mail address of your account, and we send a link with which you can choose "
    "a new password.";
inline constexpr std::string_view kForgotButton = "Send the link";
inline constexpr std::string_view kForgotSentTitle = "Look into your mail";
inline constexpr std::string_view kForgotSent =
    "If there is an account of that name, a mail with a link is on its way to its address. The "
    "link works once, for a few minutes.";
inline constexpr std::string_view kForgotAgain =
    "Nothing has come? Look into the folder for unwanted mail, and check the name.";
inline constexpr std::string_view kBackToLogIn = "Back to the log-in page";
inline constexpr std::string_view kAskAgain = "Ask for a new link";
inline constexpr std::string_view kResetTitle = "Choose a new password";
inline constexpr std::string_view kResetLead =
    "All devices that are logged in to your account will be logged out.";
inline constexpr std::string_view kNewPassword = "New password";
inline constexpr std::string_view kResetButton = "Set the new password";
inline constexpr std::string_view kResetDone =
    "Your password has been changed. Log in with the new one.";

// The account of who is logged in.
inline constexpr std::string_view kAccountTitle = "Your account";
inline constexpr std::string_view kAccountName = "Your name here is ";
inline constexpr std::string_view kChangeTitle = "Change your password";
inline constexpr std::string_view kChangeLead =
    "All your other devices will be logged out; this one stays logged in.";
inline constexpr std::string_view kCurrentPassword = "Password you have now";
inline constexpr std::string_view kChangeButton = "Change the password";
inline constexpr std::string_view kChangeDone =
    "Your password has been changed. All other devices were logged out.";
inline constexpr std::string_view kDeleteTitle = "Delete your account";
inline constexpr std::string_view kDeleteLead =
    "Your account and everything kept here about it goes for good. All your devices are logged "
    "out. Nobody can undo this.";
inline constexpr std::string_view kDeleteSure = "Yes, delete my account for good";
inline constexpr std::string_view kDeleteNotSure = "Tick the box if you are sure.";
inline constexpr std::string_view kDeleteButton = "Delete my account";
inline constexpr std::string_view kDeleteDone = "Your account has been deleted.";
inline constexpr std::string_view kNoPasswordHere =
    "Your password is not kept here, so it cannot be changed here.";
inline constexpr std::string_view kCancel = "Cancel";

}  // namespace latchkey::http::texts
