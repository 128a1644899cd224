// Package desktop starts a whole desktop without a screen, and plays a person
// at it: an X server, a window manager, a panel that shows tray icons, a
// notification daemon and a keyring, each the real program. Its tests drive
// the built programs by keyboard, mouse and the tray's menu through what an
// office does with them, take things away from them, and measure.
//
// What they hold against is not the picture on the screen but the tray's menu
// on the session bus, the notification daemon's own record, the servers and
// the keyring; pictures are kept beside for people to look at, in the folder
// that LOCKSTEP_DESKTOP names. Where something stands in the window, and that it
// does, is told by the window itself, which is built for it; see package outline.
// LOCKSTEP_DESKTOP_LONG also takes the measures that need minutes.
package desktop
