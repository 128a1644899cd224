package tray

import (
	"context"
	"fmt"
	"os/exec"

	"lockstep/ui/model"
)

// HasBus tells whether there is a desktop session; a program on macOS has one.
func HasBus() bool { return true }

// HasHost tells whether something on the desktop shows icons.
func HasHost() bool { return true }

// center is the Notification Center, reached through osascript.
type center struct{}

// NewPopup shows notices in the Notification Center, which tells osascript
// nothing of clicks.
func NewPopup(func(page string)) Popup { return center{} }

func (center) Show(ctx context.Context, n model.Notice) error {
	// The texts are arguments, never a part of the script.
	c := exec.CommandContext(ctx, "/usr/bin/osascript", "-e", "on run argv",
		"-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", n.Title, n.Body)
	if err := c.Run(); err != nil {
		return fmt.Errorf("show notification: %w", err)
	}
	return nil
}
