// Package autostart lets the desktop start Lockstep when its user signs in:
// by a file of the XDG autostart specification, an entry of Windows' Run key,
// or a launch agent on macOS. It changes what is this user's alone, and knows
// nothing of offices.
package autostart
