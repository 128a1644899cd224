package foreign

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

// python is Debian's own interpreter: its modules are not those of another first on the PATH.
const python = "/usr/bin/python3"

func exchangelib[T any](t *testing.T, c config, script string) T {
	t.Helper()
	if err := exec.CommandContext(t.Context(), python, "-c", "import exchangelib").Run(); err != nil {
		missing(t, "python3-exchangelib")
	}
	return talk[T](t, c, []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore"}, python, filepath.Join("testdata", "exchangelib", script+".py"))
}

// known spares a script the question which version the server has.
var known = config{"build": []int{15, 1, 2507, 6}, "api_version": "Exchange2016"}

type signIn struct {
	Auth       string
	Build      string
	APIVersion string `json:"api_version"`
	Folder     string
	Count      int
	Children   []string
}

func TestExchangelib_ProbesSchemeAndVersion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		version ewssim.Generation
		auth    ewssim.Auth
		want    signIn
	}{
		{"2016 with NTLM", ewssim.Exchange2016, ewssim.AuthNTLM, signIn{Auth: "NTLM", Build: "15.1", APIVersion: "Exchange2016"}},
		{"2013 with Basic", ewssim.Exchange2013SP1, ewssim.AuthBasic, signIn{Auth: "basic", Build: "15.0", APIVersion: "Exchange2013_SP1"}},
		{"2007 with NTLM", ewssim.Exchange2007SP1, ewssim.AuthNTLM, signIn{Auth: "NTLM", Build: "8.1", APIVersion: "Exchange2007_SP1"}},
		{"2010 with both", ewssim.Exchange2010SP2, ewssim.AuthBoth, signIn{Auth: "NTLM", Build: "14.2", APIVersion: "Exchange2010_SP2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := open(t, ewssim.Options{Version: tt.version, Auth: tt.auth}, false)
			got := exchangelib[signIn](t, o.config("", "impersonation", anna, nil), "signin")
			tt.want.Folder, tt.want.Children = "Calendar", []string{"Calendar", "Contacts", "Inbox"}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("sign-in (-want +got)\n%s", diff)
			}
			if s := o.Gate().Stats(); s.Anonymous == 0 || len(s.Refused) != 0 || s.Orphans != 0 {
				t.Errorf("sign-in counters = %+v, want an anonymous probe and no refusal", s)
			}
		})
	}
}

func TestExchangelib_SignsOneConnectionInOverHTTPS(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, true)
	got := exchangelib[signIn](t, o.config("ntlm", "impersonation", anna, known), "signin")
	if got.Auth != "NTLM" || got.Folder != "Calendar" {
		t.Errorf("sign-in = %+v", got)
	}
	s := o.Gate().Stats()
	if s.Handshakes != 1 || s.Reused == 0 || len(s.Refused) != 0 {
		t.Errorf("sign-in counters = %+v, want one handshake whose connection is used again", s)
	}
}

// exchangelib sends a channel binding token with every NTLM answer over TLS; curl sends none.
func TestExchangelib_BindsItsAnswerToTheCertificate(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{RequireBinding: true}, true)
	if got := o.raw(t, request(t, "getfolder", nil), "--ntlm", "-u", `OFFICE\anna:`+password); got.status != 401 {
		t.Errorf("answer without a token: %d, want 401", got.status)
	}
	got := exchangelib[signIn](t, o.config("ntlm", "impersonation", anna, known), "signin")
	if got.Folder != "Calendar" {
		t.Errorf("sign-in = %+v", got)
	}
	if s := o.Gate().Stats(); s.Handshakes != 1 || s.Unbound != 1 {
		t.Errorf("sign-in counters = %+v, want one handshake and one answer refused for its token", s)
	}
}

type entry struct {
	Subject     string
	Start, End  string
	Location    string
	Body        string
	AllDay      bool `json:"all_day"`
	Busy        string
	Sensitivity string
}

type lifecycle struct {
	Before     int
	Created    [][2]string
	Got        []entry
	KeyChanged bool `json:"key_changed"`
	IDLength   int  `json:"id_length"`
	Changed    entry
	Updated    [][2]string
	Removed    []bool
	Deleted    bool `json:"deleted_are_the_removed"`
	Idle       [][2]string
	Missing    []string
	TrashError string `json:"trash_error"`
	Trashed    []string
	InTrash    int `json:"in_trash"`
	Left       int
}

func TestExchangelib_CreatesChangesDeletesAndSyncs(t *testing.T) {
	t.Parallel()
	old := config{"build": []int{14, 2, 247, 1}, "api_version": "Exchange2010_SP2"}
	for _, tt := range []struct {
		name, auth, access, mailbox string
		secure                      bool
		server                      config
		options                     ewssim.Options
	}{
		{"NTLM, impersonating, HTTPS", "ntlm", "impersonation", anna, true, known, ewssim.Options{}},
		{"Basic, as delegate, HTTP", "basic", "delegate", bert, false, known, ewssim.Options{}},
		{"Exchange 2010", "ntlm", "impersonation", anna, false, old, ewssim.Options{Version: ewssim.Exchange2010SP2}},
		{"times with offset, small pages, HTML bodies", "ntlm", "impersonation", anna, false, known, ewssim.Options{
			Switches: ewssim.Switches{OffsetTimes: true, PageCap: 7, SyncCap: 9, FullZones: true, HTMLBodies: true},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.options.Auth = ewssim.AuthBoth
			o := open(t, tt.options, tt.secure)
			got := exchangelib[lifecycle](t, o.config(tt.auth, tt.access, tt.mailbox, tt.server), "lifecycle")
			if len(got.Created) != 122 || got.Created[0] != [2]string{"create", "Bulk 000"} || got.Created[121] != [2]string{"create", "Kick-off & lunch <1>"} {
				t.Errorf("created entries in the feed = %d, from %v", len(got.Created), got.Created)
			}
			got.Created = nil
			want := lifecycle{
				Got: []entry{
					{
						Subject: "Kick-off & lunch <1>", Start: "2026-03-10T07:00:00Z", End: "2026-03-10T08:30:00Z", Location: "Sali Ä",
						Body: "First line\nSecond line", Busy: "OOF", Sensitivity: "Private",
					},
					{Subject: "Holiday", Start: "2026-03-12", End: "2026-03-13", AllDay: true, Busy: "Busy", Sensitivity: "Normal"},
				},
				KeyChanged: true, IDLength: 152,
				Changed: entry{
					Subject: "Kick-off", Start: "2026-03-11T11:00:00Z", End: "2026-03-11T12:00:00Z",
					Body: "First line\nSecond line", Busy: "OOF", Sensitivity: "Private",
				},
				Updated: [][2]string{{"update", "Kick-off"}}, Removed: []bool{true, true}, Deleted: true, Idle: [][2]string{},
				Missing: []string{"ErrorItemNotFound", "CalendarItem"}, Trashed: []string{"delete"}, InTrash: 1, Left: 119,
			}
			if tt.options.Version == ewssim.Exchange2010SP2 { // does not have the body as text
				want.Got[0].Body, want.Changed.Body = "", ""
			}
			if tt.access == "delegate" { // may not delete into the owner's Deleted Items
				want.TrashError, want.Trashed, want.InTrash, want.Left = "ErrorCannotDeleteObject", []string{}, 0, 120
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if mail := o.Mail(); len(mail) != 0 {
				t.Errorf("%d mails were sent, want none", len(mail))
			}
			if got := o.wrote("CreateItem", tt.mailbox); got != 122 {
				t.Errorf("entries created at the server = %d, want 122", got)
			}
		})
	}
}

func TestExchangelib_SeesSeriesExpandedWithExceptions(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	type series struct {
		View, Part        [][4]string
		Limited           int
		Listed            [][3]any
		Modified          [][2]string
		Deleted           []string
		First, Last, Gone string
		MasterType        string `json:"master_type"`
		BackToMaster      string `json:"back_to_master"`
	}
	got := exchangelib[series](t, o.config("ntlm", "impersonation", anna, known), "series")
	// Helsinki leaves winter time on 29 March: the wall clock stays at nine.
	moved := [4]string{"Weekly, moved", "2026-03-31T11:00:00Z", "2026-03-31T12:00:00Z", "Exception"}
	want := series{
		View: [][4]string{
			{"Weekly", "2026-03-16T07:00:00Z", "2026-03-16T08:00:00Z", "Occurrence"},
			{"Weekly", "2026-03-23T07:00:00Z", "2026-03-23T08:00:00Z", "Occurrence"},
			moved,
			{"Weekly", "2026-04-13T06:00:00Z", "2026-04-13T07:00:00Z", "Occurrence"},
		},
		Part: [][4]string{moved}, Limited: 2,
		Listed:   [][3]any{{"Weekly", "RecurringMaster", 5.0}},
		Modified: [][2]string{{"2026-03-30T06:00:00Z", "2026-03-31T11:00:00Z"}}, Deleted: []string{"2026-04-06T06:00:00Z"},
		First: "2026-03-16T07:00:00Z", Last: "2026-04-13T06:00:00Z", MasterType: "RecurringMaster", BackToMaster: "RecurringMaster",
		Gone: "ErrorCalendarOccurrenceIsDeletedFromRecurrence",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExchangelib_FindsByOwnProperties(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	type filters struct {
		Equal                                             [2]any
		Erased, Exists                                    int
		Greater, Between, Either, Negated, Category, Time []string
		StartsWith                                        int `json:"starts_with"`
		Contains                                          int
		Paged                                             []string
	}
	got := exchangelib[filters](t, o.config("ntlm", "impersonation", anna, known), "filters")
	entries := strings.Fields("09 08 07 06 05 04 03 02 01 00")
	want := filters{
		Equal: [2]any{"Entry 07", 7.0}, Exists: 9, Greater: []string{"Entry 07", "Entry 08", "Entry 09"}, Between: []string{"Entry 02", "Entry 03"},
		Either: []string{"Entry 01", "Plain"}, Negated: []string{"Entry 08"}, StartsWith: 10, Contains: 1,
		Category: []string{"Entry 00", "Entry 02", "Entry 04", "Entry 06", "Entry 08"}, Time: []string{"Entry 09", "Plain"}, Paged: []string{"Plain"},
	}
	for _, n := range entries {
		want.Paged = append(want.Paged, "Entry "+n)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestExchangelib_HearsOfChangesWhileTheStreamIsOpen(t *testing.T) {
	t.Parallel()
	type streaming struct {
		Subscription bool
		Kinds        []string
		About        bool `json:"about_the_entry"`
		After        string
	}
	for name, switches := range map[string]ewssim.Switches{"as the schema says": {}, "as .NET clients read it": {MessagesNotification: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, ewssim.Options{Switches: switches}, true)
			got := exchangelib[streaming](t, o.config("ntlm", "impersonation", anna, known), "streaming")
			if !got.Subscription || !got.About || got.After != "ErrorSubscriptionNotFound" {
				t.Errorf("stream = %+v", got)
			}
			for _, kind := range []string{"CreatedEvent", "DeletedEvent"} {
				if !slices.Contains(got.Kinds, kind) {
					t.Errorf("kinds of event = %v, want %s among them", got.Kinds, kind)
				}
			}
			if s := o.Gate().Stats(); s.Handshakes < 2 || s.Handshakes > 3 {
				t.Errorf("%d handshakes for a stream and a connection beside it", s.Handshakes)
			}
		})
	}
}

func TestExchangelib_ReachesOnlyTheMailboxesItMay(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	target := func(mailbox, access string) map[string]string {
		return map[string]string{"mailbox": mailbox, "access": access}
	}
	got := exchangelib[map[string]string](t, o.config("ntlm", "delegate", anna, config{
		"build": known["build"], "api_version": known["api_version"],
		"targets": map[string]any{
			"impersonated":     target(anna, "impersonation"),
			"not impersonated": target(bert, "impersonation"),
			"shared":           target(bert, "delegate"),
			"not shared":       target(cleo, "delegate"),
			"unknown":          target("nobody@office.test", "impersonation"),
			"by alias":         target("anna@office.test", "impersonation"),
		},
	}), "access")
	want := map[string]string{
		"impersonated": "By impersonation", "not impersonated": "ErrorImpersonateUserDenied", "shared": "By delegate", "not shared": "ErrorAccessDenied",
		"unknown": "ErrorNonExistentMailbox", "by alias": "ErrorNonPrimarySmtpAddress",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
