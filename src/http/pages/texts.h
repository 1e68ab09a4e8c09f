#pragma once

#include <string_view>

// What the pages say, in one place. Sentences about a problem are those of the API
// (docs/http_api.md) unless they stand here.
namespace latchkey::http::texts {

// Around every page.
inline constexpr std::string_view kFooter = "Your sessions, kept by latchkey. Times are UTC.";
inline constexpr std::string_view kSkip = "Skip to content";
inline constexpr std::string_view kTraining = "Training";
inline constexpr std::string_view kSessions = "Your sessions";
inline constexpr std::string_view kLogIn = "Log in";
inline constexpr std::string_view kLogOut = "Log out";
inline constexpr std::string_view kSignUp = "Sign up";
inline constexpr std::string_view kExpired = "Your session has expired. Please log in again.";
inline constexpr std::string_view kEnded = "Your session was ended. Please log in again.";
inline constexpr std::string_view kGoHome = "Go to the home page";
inline constexpr std::string_view kNothingLost =
    "If you were logged in, you still are. Nothing was lost. Please try again in a moment.";

// Home.
inline constexpr std::string_view kHome = "Home";
inline constexpr std::string_view kWelcome = "Welcome";
inline constexpr std::string_view kWelcomeLead =
    "Log in to open the training page and to see on which devices you are logged in.";
inline constexpr std::string_view kWelcomeNew = " New here? All it takes is a name and a password.";
inline constexpr std::string_view kHello = "Hello, ";
inline constexpr std::string_view kHelloLead = "You are logged in. Where would you like to go?";
inline constexpr std::string_view kTrainingLead =
    "A page that only people who are logged in can see.";
inline constexpr std::string_view kSessionsTileLead =
    "See where you are logged in, and end what you do not know.";

// Training.
inline constexpr std::string_view kTrainingWhy =
    "You see this page because you are logged in; everybody else is sent to the log-in page.";
inline constexpr std::string_view kThisSession = "This session";
inline constexpr std::string_view kDevice = "Device";
inline constexpr std::string_view kLoggedIn = "Logged in";
inline constexpr std::string_view kEndsAtTheLatest = "Ends at the latest";
inline constexpr std::string_view kAllSessions = "See all your sessions";

// Sessions.
inline constexpr std::string_view kSessionsLead =
    "You are logged in on these devices. If you do not know one of them, end its session: that "
    "device has to log in again.";
inline constexpr std::string_view kThisDevice = "This device";
inline constexpr std::string_view kBoundDevice = "Bound to its device";
inline constexpr std::string_view kAddress = "Address";
inline constexpr std::string_view kUnknown = "Unknown";
inline constexpr std::string_view kLastSeen = "Last seen";
inline constexpr std::string_view kFirstSeen = "First seen";
inline constexpr std::string_view kEndSession = "End session";
inline constexpr std::string_view kEndOthers = "End all other sessions";
inline constexpr std::string_view kOlderSessions = "Older sessions";
inline constexpr std::string_view kSessionEnded = "That session was ended.";
inline constexpr std::string_view kOthersEnded = "All other sessions were ended.";
inline constexpr std::string_view kSessionGone = "That session had already ended.";

// Recent activity.
inline constexpr std::string_view kActivity = "Recent activity";
inline constexpr std::string_view kNoActivity = "Nothing has happened yet.";
inline constexpr std::string_view kEventLogIn = "Logged in";
inline constexpr std::string_view kEventNewDevice = "Logged in on a new device";
inline constexpr std::string_view kEventLogInFailed = "Log-in failed";
inline constexpr std::string_view kEventLogOut = "Logged out";
inline constexpr std::string_view kEventEnded = "Session ended";
inline constexpr std::string_view kEventRenewed = "Session renewed";
inline constexpr std::string_view kEventEvicted = "Session ended, because there were too many";
inline constexpr std::string_view kEventExpired = "Session expired";
inline constexpr std::string_view kEventSignUp = "Account created";
inline constexpr std::string_view kEventPasswordChanged = "Password changed";
inline constexpr std::string_view kEventPasswordReset = "Password reset";
inline constexpr std::string_view kEventEmailVerified = "E-mail address confirmed";
inline constexpr std::string_view kEventLimitReached = "Too many tries";
inline constexpr std::string_view kEventDisabled = "Account disabled";
inline constexpr std::string_view kEventEnabled = "Account enabled";
inline constexpr std::string_view kEventDeleted = "Account deleted";
inline constexpr std::string_view kEventReauthenticated = "Identity confirmed";
inline constexpr std::string_view kEventLink = "Link requested";
inline constexpr std::string_view kEventBound = "A session was bound to its device";
inline constexpr std::string_view kEventProven = "A device proved that a session is its own";
inline constexpr std::string_view kEventUnproven = "A session was used without proof of its device";

// Log-in and sign-up.
inline constexpr std::string_view kHaveAccount = "Already have an account?";
inline constexpr std::string_view kNewHere = "New here?";
inline constexpr std::string_view kCreateAccount = "Create an account";
inline constexpr std::string_view kRemember = "Remember me on this device";
inline constexpr std::string_view kLostCookie =
    "Your log-in was right, but your browser did not keep the cookie that goes with it. Allow "
    "cookies for this site and log in again.";

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

// An e-mail address that is confirmed.
inline constexpr std::string_view kEmailTitle = "Your e-mail address";
inline constexpr std::string_view kEmailLead =
    "Confirm where we can reach you, for example when you forget your password.";
inline constexpr std::string_view kEmailIs = "Your address is ";
inline constexpr std::string_view kEmailVerified = "It is confirmed.";
inline constexpr std::string_view kEmailWhy =
    "It is not confirmed yet. We send a mail with a link to it; open the link to confirm it.";
inline constexpr std::string_view kEmailField = "E-mail address";
inline constexpr std::string_view kEmailButton = "Send the link";
inline constexpr std::string_view kEmailSentTitle = "Look into your mail";
inline constexpr std::string_view kEmailSent = "A mail with a link is on its way to ";
inline constexpr std::string_view kEmailSentAfter =
    "The link works once, for 24 hours. Nothing has come? Look into the folder for unwanted mail.";
inline constexpr std::string_view kConfirmTitle = "Confirm your e-mail address";
inline constexpr std::string_view kConfirmLead =
    "Confirm the address only if the account named in the mail is yours.";
inline constexpr std::string_view kConfirmButton = "Confirm the address";
inline constexpr std::string_view kConfirmedTitle = "Thank you";
inline constexpr std::string_view kBackToAccount = "Go to your account";

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
