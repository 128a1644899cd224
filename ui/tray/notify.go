package tray

import (
	"context"

	"lockstep/ui/model"
)

// Popup shows notices on the desktop.
type Popup interface {
	// Show lets a notice pop up; a newer one of its kind takes the place of the
	// older where the desktop can do so. A desktop without notifications is an
	// error, which stops nothing else.
	Show(ctx context.Context, n model.Notice) error
}
