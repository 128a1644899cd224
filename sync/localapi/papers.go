package localapi

import (
	"context"
	"strings"
)

// Papers are what an office hands out: to who administers its servers, and to
// who helps it.
type Papers interface {
	// Script writes what an Exchange administrator runs. What the request leaves
	// out is taken from the office's settings.
	Script(ctx context.Context, q ScriptRequest) (Script, error)
}

// ScriptRequest asks for a script. Of Group, OU, People and Everybody one says
// whose mailboxes are meant; none: the people who are switched on.
type ScriptRequest struct {
	// Kind is "impersonation", "delegate", "application" or "throttling".
	Kind string `json:"kind,omitempty"`
	// Version is the server's generation: "2007", "2010", "2013", "2016", "2019",
	// "se", or "365" for Microsoft 365.
	Version string `json:"version,omitempty"`
	// Name is how everything is called that the script makes; empty: Lockstep.
	Name      string   `json:"name,omitempty"`
	Account   string   `json:"account,omitempty"` // DOMAIN\user
	Group     string   `json:"group,omitempty"`
	OU        string   `json:"ou,omitempty"`
	People    []string `json:"people,omitempty"`
	Everybody bool     `json:"everybody,omitempty"`
	// AppID and ObjectID name the application in Microsoft 365.
	AppID    string `json:"app_id,omitempty"`
	ObjectID string `json:"object_id,omitempty"`
}

// Script is PowerShell for an administrator, with \n line ends: Text whole,
// Check and Undo the lines that only check and that take everything back, each
// to be run by itself.
type Script struct {
	Kind  string `json:"kind"`
	File  string `json:"file"` // how the file is called
	Title string `json:"title"`
	About string `json:"about"`
	Text  string `json:"text"`
	Check string `json:"check"`
	Undo  string `json:"undo"`
}

// Encoded is the script as a file: with a byte order mark, without which
// Windows PowerShell 5 takes an å for two other letters, and with the line ends
// of Windows.
func (s Script) Encoded() []byte {
	return append([]byte("\uFEFF"), strings.ReplaceAll(s.Text, "\n", "\r\n")...)
}
