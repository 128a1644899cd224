package tray

import (
	"context"
	"encoding/xml"
	"fmt"
	"runtime"
	"strings"

	"git.sr.ht/~jackmordaunt/go-toast/wintoast"
	"golang.org/x/sys/windows/registry"

	"lockstep/ui/model"
)

// appID names the program to Windows, and appName to whoever reads a toast.
const (
	appID   = "org.lockstep.Lockstep"
	appName = "Lockstep"
)

// HasBus tells whether there is a desktop session; a program on Windows has one.
func HasBus() bool { return true }

// HasHost tells whether something on the desktop shows icons.
func HasHost() bool { return true }

// toasts are Windows' notifications, shown through COM. PowerShell, which the
// library could fall back to, would be handed the text inside a script: it is
// never used.
type toasts struct{}

// NewPopup shows notices as Windows' own toasts. A click on one is not told of:
// for that a program has to register a class of COM's.
func NewPopup(func(page string)) Popup { return toasts{} }

func (toasts) Show(_ context.Context, n model.Notice) error {
	runtime.LockOSThread() // COM belongs to a thread
	defer runtime.UnlockOSThread()
	if err := register(); err != nil {
		return fmt.Errorf("register for notifications: %w", err)
	}
	if err := wintoast.Push(toastXML(n)); err != nil {
		return fmt.Errorf("show notification: %w", err)
	}
	return nil
}

// register makes the program known as one that shows toasts. The library would
// have them signed with the ID.
func register() error {
	if err := wintoast.SetAppData(wintoast.AppData{AppID: appID}); err != nil {
		return err
	}
	key, err := registry.OpenKey(registry.CURRENT_USER, `Software\Classes\AppUserModelId\`+appID, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	return key.SetStringValue("DisplayName", appName)
}

// toastXML is a notice as
// https://learn.microsoft.com/uwp/schemas/tiles/toastschema/schema-root has it.
func toastXML(n model.Notice) string {
	return "<toast><visual><binding template=\"ToastGeneric\"><text>" + escape(n.Title) + "</text><text>" +
		escape(n.Body) + "</text></binding></visual><audio silent=\"true\"/></toast>"
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes all
	return b.String()
}
