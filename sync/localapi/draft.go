package localapi

// Draft is how an office is set up, in the words of its file: an office.toml and
// the forms of the windows hold the same. The zero value of each field means
// that nothing was said. A secret is never part of it.
type Draft struct {
	// Office is a name of one's own for the office in marks.
	Office   string        `toml:"office,omitempty" json:"office,omitempty"`
	Zone     string        `toml:"zone,omitempty" json:"zone,omitempty"`
	Exchange DraftExchange `toml:"exchange,omitempty" json:"exchange,omitzero"`
	Severa   DraftSevera   `toml:"severa,omitempty" json:"severa,omitzero"`
	People   DraftPeople   `toml:"people,omitempty" json:"people,omitzero"`
	Person   []DraftPerson `toml:"person,omitempty" json:"person,omitempty"`
	// Resource are rooms, cars and other things, each with its mailbox.
	Resource []DraftResource `toml:"resource,omitempty" json:"resource,omitempty"`
	Rules    DraftRules      `toml:"rules,omitempty" json:"rules,omitzero"`
	Private  DraftPrivate    `toml:"private,omitempty" json:"private,omitzero"`
	Filter   DraftFilter     `toml:"filter,omitempty" json:"filter,omitzero"`
	Screen   DraftScreen     `toml:"screen,omitempty" json:"screen,omitzero"`
	Updates  DraftUpdates    `toml:"updates,omitempty" json:"updates,omitzero"`
	Network  DraftNetwork    `toml:"network,omitempty" json:"network,omitzero"`
	// Aliases are other addresses of people, each with that of the mailbox.
	Aliases map[string]string `toml:"aliases,omitempty" json:"aliases,omitempty"`
}

// DraftExchange is the connection to Exchange.
type DraftExchange struct {
	URL       string `toml:"url,omitempty" json:"url,omitempty"`
	Domain    string `toml:"domain,omitempty" json:"domain,omitempty"`
	User      string `toml:"user,omitempty" json:"user,omitempty"`
	Auth      string `toml:"auth,omitempty" json:"auth,omitempty"`       // ntlm, basic
	Access    string `toml:"access,omitempty" json:"access,omitempty"`   // impersonation, delegate
	Version   string `toml:"version,omitempty" json:"version,omitempty"` // empty: found out
	CAFile    string `toml:"ca_file,omitempty" json:"ca_file,omitempty"`
	PinSHA256 string `toml:"pin_sha256,omitempty" json:"pin_sha256,omitempty"`
	LegacyTLS bool   `toml:"legacy_tls,omitempty" json:"legacy_tls,omitempty"`
	Plain     bool   `toml:"plain,omitempty" json:"plain,omitempty"`
	// Group is the group that the account's right ends at, and OABURL where the
	// offline address book is: what an administrator's papers tell.
	Group  string `toml:"group,omitempty" json:"group,omitempty"`
	OABURL string `toml:"oab_url,omitempty" json:"oab_url,omitempty"`
}

// DraftSevera is the connection to Severa.
type DraftSevera struct {
	URL       string `toml:"url,omitempty" json:"url,omitempty"`
	ClientID  string `toml:"client_id,omitempty" json:"client_id,omitempty"`
	CAFile    string `toml:"ca_file,omitempty" json:"ca_file,omitempty"`
	PinSHA256 string `toml:"pin_sha256,omitempty" json:"pin_sha256,omitempty"`
}

// DraftPeople is who is kept in step without being named.
type DraftPeople struct {
	Everyone bool `toml:"everyone,omitempty" json:"everyone,omitempty"`
	Guests   bool `toml:"guests,omitempty" json:"guests,omitempty"`
}

// DraftPerson is somebody who is named. One address stands for both sides.
type DraftPerson struct {
	Severa   string `toml:"severa,omitempty" json:"severa,omitempty"`
	Exchange string `toml:"exchange,omitempty" json:"exchange,omitempty"`
	Name     string `toml:"name,omitempty" json:"name,omitempty"`
	Zone     string `toml:"zone,omitempty" json:"zone,omitempty"`
	// Direction replaces the office's for this person.
	Direction string `toml:"direction,omitempty" json:"direction,omitempty"`
}

// DraftResource is a room, a car or another thing that takes part in
// activities, by its id in Severa, and the mailbox that shows when it is taken.
type DraftResource struct {
	Severa   string `toml:"severa,omitempty" json:"severa,omitempty"`
	Exchange string `toml:"exchange,omitempty" json:"exchange,omitempty"`
	Name     string `toml:"name,omitempty" json:"name,omitempty"`
}

// DraftRules are the office's choices.
type DraftRules struct {
	Winner    string      `toml:"winner,omitempty" json:"winner,omitempty"`       // by_field, severa, exchange, ask
	Direction string      `toml:"direction,omitempty" json:"direction,omitempty"` // two_way, publish, collect
	Deleted   string      `toml:"deleted,omitempty" json:"deleted,omitempty"`     // ask, keep_changed
	Types     []string    `toml:"types,omitempty" json:"types,omitempty"`         // names of activity types; none: all
	DaysBack  *int        `toml:"days_back,omitempty" json:"days_back,omitempty"`
	DaysAhead int         `toml:"days_ahead,omitempty" json:"days_ahead,omitempty"`
	Every     string      `toml:"every,omitempty" json:"every,omitempty"`
	Promise   string      `toml:"promise,omitempty" json:"promise,omitempty"`
	Limits    DraftLimits `toml:"limits,omitempty" json:"limits,omitzero"`
	// SendMeetingRequests mails people outside the office about changes to the
	// meetings that they were called to.
	SendMeetingRequests bool `toml:"send_meeting_requests,omitempty" json:"send_meeting_requests,omitempty"`
	// Fields are directions by the names that fields have in the file.
	Fields map[string]string `toml:"fields,omitempty" json:"fields,omitempty"`
}

// DraftLimits are the safety stops; 0 is the usual.
type DraftLimits struct {
	DeleteFloor   int `toml:"delete_floor,omitempty" json:"delete_floor,omitempty"`
	DeletePercent int `toml:"delete_percent,omitempty" json:"delete_percent,omitempty"`
	DeleteRun     int `toml:"delete_run,omitempty" json:"delete_run,omitempty"`
	DeleteDay     int `toml:"delete_day,omitempty" json:"delete_day,omitempty"`
	ShrinkPercent int `toml:"shrink_percent,omitempty" json:"shrink_percent,omitempty"`
	ShiftFloor    int `toml:"shift_floor,omitempty" json:"shift_floor,omitempty"`
	ShiftPercent  int `toml:"shift_percent,omitempty" json:"shift_percent,omitempty"`
	CreateFloor   int `toml:"create_floor,omitempty" json:"create_floor,omitempty"`
	CreatePercent int `toml:"create_percent,omitempty" json:"create_percent,omitempty"`
}

// DraftPrivate is what the other system gets of private entries: auto, full,
// busy_only or not_at_all.
type DraftPrivate struct {
	ToSevera   string `toml:"to_severa,omitempty" json:"to_severa,omitempty"`
	ToExchange string `toml:"to_exchange,omitempty" json:"to_exchange,omitempty"`
}

// DraftFilter keeps Exchange entries out of Severa.
type DraftFilter struct {
	Categories     []string `toml:"categories,omitempty" json:"categories,omitempty"`
	OnlyCategories []string `toml:"only_categories,omitempty" json:"only_categories,omitempty"`
	ShowAs         []string `toml:"show_as,omitempty" json:"show_as,omitempty"` // free, tentative, busy, out_of_office, elsewhere
	AllDay         bool     `toml:"all_day,omitempty" json:"all_day,omitempty"`
	Subjects       []string `toml:"subjects,omitempty" json:"subjects,omitempty"`
}

// DraftNetwork is how the servers are reached.
type DraftNetwork struct {
	Proxy     string   `toml:"proxy,omitempty" json:"proxy,omitempty"` // system, none, or an address
	ProxyUser string   `toml:"proxy_user,omitempty" json:"proxy_user,omitempty"`
	NoProxy   []string `toml:"no_proxy,omitempty" json:"no_proxy,omitempty"`
}

// DraftUpdates is whether a newer version is looked for.
type DraftUpdates struct {
	Check bool   `toml:"check,omitempty" json:"check,omitempty"`
	URL   string `toml:"url,omitempty" json:"url,omitempty"`
}

// DraftScreen is whose subjects are shown.
type DraftScreen struct {
	ShowSubjects bool   `toml:"show_subjects,omitempty" json:"show_subjects,omitempty"`
	Me           string `toml:"me,omitempty" json:"me,omitempty"`
}
