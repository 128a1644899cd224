// Package desktop starts a whole desktop without a screen, and plays a person
// at it: an X server, a window manager, a panel that shows tray icons, a
// notification daemon and a keyring, each the real program. Its test drives
// the built programs through what an office does with them.
//
// What it holds against is not the picture on the screen but the tray's menu
// on the session bus, the notification daemon's own record, the servers and
// the keyring; pictures are kept beside for people to look at.
package desktop
