package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// settings is everything that is neither a rule nor a connection.
type settings struct {
	*drafting
	tabs  *part.Tabs
	place *fyne.Container
	views []fyne.CanvasObject
	// fills show the draft in a control each.
	fills []func()
}

func newSettings(w *Window) page {
	p := &settings{drafting: newDrafting(w)}
	p.filled = func() {
		for _, f := range p.fills {
			f()
		}
	}
	p.applied = func() { w.prefer(p.before.Prefs) }
	return p
}

func (p *settings) content() fyne.CanvasObject {
	title, _, _ := titled(say.T("Settings"), "")
	p.tabs = part.NewTabs(func(i int) {
		p.place.Objects = []fyne.CanvasObject{p.views[i]}
		p.place.Refresh()
	}, say.T("General"), say.T("Notifications"), say.T("Network"), say.T("Safety"), say.T("Logs and privacy"), say.T("Advanced"))
	for _, sections := range [][]fyne.CanvasObject{p.general(), p.notifications(), p.network(), p.safety(), p.privacy(), p.advanced()} {
		p.views = append(p.views, part.Scroll(part.Column(part.GapBlocks, sections...)))
	}
	p.place = container.NewStack(p.views[0])
	return p.page(title, nil, p.tabs, p.place)
}

func (p *settings) open() { p.load() }

func (p *settings) nextTab() { p.tabs.Next() }

func (p *settings) update(office.Status) {}

// Each kind of row below has its control show the draft and change it.

func (p *settings) choice(key, title, note string, words, names []string, get func() *string) fyne.CanvasObject {
	s := selectOf(names, func(i int) {
		if !p.filling && i >= 0 {
			*get() = words[i]
			p.told(key)
		}
	})
	p.fills = append(p.fills, func() { s.SetSelectedIndex(model.IndexOf(words, *get())); p.lock(key, s) })
	return p.row(key, title, note, wideSelect(s), nil)
}

func (p *settings) tick(key, title, note string, get func() bool, set func(bool)) fyne.CanvasObject {
	c := widget.NewCheck("", func(on bool) {
		if !p.filling {
			set(on)
			p.told(key)
		}
	})
	p.fills = append(p.fills, func() { c.SetChecked(get()); p.lock(key, c) })
	return p.row(key, title, note, c, nil)
}

func (p *settings) text(key, title, note, hint string, get func() string, set func(string)) fyne.CanvasObject {
	e := part.NewEntry(hint)
	e.OnChanged = func(text string) {
		if !p.filling {
			set(text)
			p.told(key)
		}
	}
	e.OnLeave(func() { p.check(key) })
	p.fills = append(p.fills, func() { e.SetText(get()); p.lock(key, e) })
	return p.row(key, title, note, part.Narrow(250, e), nil)
}

func (p *settings) number(key, title, note, unit string, get func() string, set func(string), wrong func(string) string) fyne.CanvasObject {
	e := part.NewEntry("")
	e.OnChanged = func(text string) {
		if !p.filling {
			set(text)
			p.told(key)
		}
	}
	p.fills = append(p.fills, func() { e.SetText(get()); p.lock(key, e) })
	return p.row(key, title, note, part.Unit(e, unit), func() string { return wrong(e.Text) })
}

func (p *settings) general() []fyne.CanvasObject {
	languages := model.Languages()
	names := make([]string, len(languages))
	for i, l := range languages {
		names[i] = model.LanguageName(l)
	}
	prefs := func() *localapi.Prefs { return &p.draft.Prefs }
	start := p.tick("autostart", say.T("Start when I sign in"), say.T("Lockstep starts with only its icon."),
		func() bool { return prefs().Autostart }, func(on bool) { prefs().Autostart = on })
	delay := p.number("autostart_delay", say.T("Wait before starting"), "", say.T("seconds"),
		func() string { return model.Text(prefs().AutostartDelay) },
		func(text string) { prefs().AutostartDelay = model.Number(text, prefs().AutostartDelay) }, model.DelayWrong)
	begin := part.Section(say.T("Startup"), "", start, delay)
	p.fills = append(p.fills, func() {
		if prefs().NoAutostart {
			begin.Hide()
		} else {
			show(begin, true)
		}
	})
	return []fyne.CanvasObject{
		part.Section(say.T("Windows"), say.T("How this program looks on this computer."),
			p.choice("language", say.T("Language"), "", languages, names, func() *string { return &prefs().Language }),
			p.choice("theme", say.T("Appearance"), "", model.Themes(), model.ThemeNames(), func() *string { return &prefs().Theme })),
		begin,
		part.Section(say.T("Office"), say.T("For everybody who takes part."),
			p.text("office", say.T("Name of the office"), say.T("It stands in the marks on entries."), "",
				func() string { return p.draft.Draft.Office }, func(s string) { p.draft.Draft.Office = s }),
			p.text("zone", say.T("Time zone"), say.T("Where the office is."), "Europe/Helsinki",
				func() string { return p.draft.Draft.Zone }, func(s string) { p.draft.Draft.Zone = s })),
	}
}

func (p *settings) notifications() []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, k := range model.NoticeKinds() {
		rows = append(rows, p.tick("quiet."+k.Word, k.Say, "",
			func() bool { return !model.Has(p.draft.Prefs.Quiet, k.Word) },
			func(on bool) { p.draft.Prefs.Quiet = model.With(p.draft.Prefs.Quiet, k.Word, !on) }))
	}
	return []fyne.CanvasObject{
		part.Section(say.T("Tell me when"), say.T("The icon and this window always show it. A notice never holds the text of an entry, and is not repeated within 12 hours."), rows...),
	}
}

func (p *settings) network() []fyne.CanvasObject {
	net := func() *localapi.DraftNetwork { return &p.draft.Draft.Network }
	address := part.NewEntry("http://proxy.office.example:8080")
	way := selectOf(model.ProxyNames(), nil)
	way.OnChanged = func(string) {
		if p.filling {
			return
		}
		net().Proxy = model.ProxyOf(way.SelectedIndex(), address.Text)
		p.told("network.proxy")
	}
	address.OnChanged = func(text string) {
		if !p.filling {
			net().Proxy = model.ProxyOf(way.SelectedIndex(), text)
			p.told("network.proxy")
		}
	}
	address.OnLeave(func() { p.check("network.proxy") })
	p.fills = append(p.fills, func() {
		choice, own := model.ProxyChoice(*net())
		way.SetSelectedIndex(choice)
		address.SetText(own)
		p.lock("network.proxy", way)
		p.lock("network.proxy", address)
	})
	return []fyne.CanvasObject{
		part.Section(say.T("Proxy"), say.T("How this computer reaches both systems."),
			p.row("network.proxy", say.T("Proxy"), "", wideSelect(way), nil),
			part.NewSetting(say.T("Address"), say.T("Only for “This one”. An address that begins with pac+http:// is that of a script which chooses the proxy."), "", part.Narrow(250, address)).Object,
			p.text("network.proxy_user", say.T("User"), say.T("If the proxy asks for one."), "",
				func() string { return net().ProxyUser }, func(s string) { net().ProxyUser = s }),
			p.secret(say.T("Password"), localapi.SystemProxy),
			p.text("network.no_proxy", say.T("Reached without it"), say.T("Hosts and networks, set apart by commas."), "mail.office.example, 10.0.0.0/8",
				func() string { return model.Joined(net().NoProxy) }, func(s string) { net().NoProxy = model.Words(s) })),
		part.Section(say.T("Certificates"), say.T("An authority of the office's own is named for each connection."),
			part.NewSetting(say.T("Trusted certificates"), "", "", part.NewButton(say.T("Open Connections"), "", part.Medium, func() { p.w.Show(model.PageConnections) })).Object),
	}
}

func (p *settings) safety() []fyne.CanvasObject {
	limits := func() *localapi.DraftLimits { return &p.draft.Draft.Rules.Limits }
	rows := map[string]fyne.CanvasObject{}
	for _, l := range model.Limits() {
		rows[l.Key] = p.number(l.Key, l.Title, l.Note, l.Unit, func() string { return l.Text(limits()) }, func(text string) { l.Set(limits(), text) }, l.Wrong)
	}
	row := func(names ...string) []fyne.CanvasObject {
		var out []fyne.CanvasObject
		for _, n := range names {
			out = append(out, rows["rules.limits."+n])
		}
		return out
	}
	always := part.NewSetting(say.T("When one side is suddenly empty"), "", "", alwaysOn())
	return []fyne.CanvasObject{
		part.Section(say.T("Stop before deleting"), say.T("Lockstep stops and asks before it removes more than this."),
			append(row("delete_floor", "delete_percent", "delete_run", "delete_day"), always.Object)...),
		part.Section(say.T("Stop when a side looks wrong"), say.T("It looks like a fault then, and not like work."), row("shrink_percent", "shift_percent", "shift_floor")...),
		part.Section(say.T("Stop before making"), say.T("Many new entries at once are looked at by a person."), row("create_floor", "create_percent")...),
		part.Section(say.T("Deleted entries"), say.T("What Lockstep deletes in Outlook can be brought back there."),
			part.NewSetting(say.T("They go to Deleted Items"), "", "", alwaysOn()).Object),
	}
}

// alwaysOn is the control of what nobody can switch off.
func alwaysOn() fyne.CanvasObject {
	return part.Row(part.Gap, part.Tinted("private", theme.ColorNamePlaceHolder, 16), part.NewText(say.T("Always on"), part.Style{Color: theme.ColorNamePlaceHolder, Whole: true}))
}

func (p *settings) privacy() []fyne.CanvasObject {
	screen := func() *localapi.DraftScreen { return &p.draft.Draft.Screen }
	return []fyne.CanvasObject{
		part.Section(say.T("Subjects on this screen"), say.T("Subjects and places of other people are hidden unless the office shows them."),
			p.text("screen.me", say.T("My address"), say.T("Whose subjects are always shown."), "anna@office.example",
				func() string { return screen().Me }, func(s string) { screen().Me = s }),
			p.tick("screen.show_subjects", say.T("Show everybody's subjects"), "",
				func() bool { return screen().ShowSubjects }, func(on bool) { screen().ShowSubjects = on }),
			p.tick("hide_subjects", say.T("Hide all subjects"), say.T("My own as well, on this computer."),
				func() bool { return p.draft.Prefs.HideSubjects }, func(on bool) { p.draft.Prefs.HideSubjects = on })),
		part.Section(say.T("Logs"), say.T("They never hold a subject, a note or a password."),
			part.NewSetting(say.T("Diagnostics for support"), say.T("What is in them is shown before they are saved."), "",
				part.NewButton(say.T("Open Help"), "", part.Medium, func() { p.w.Show(model.PageHelp) })).Object),
	}
}

func (p *settings) advanced() []fyne.CanvasObject {
	d := func() *localapi.Draft { return &p.draft.Draft }
	return []fyne.CanvasObject{
		part.Section(say.T("Colleagues"), say.T("Who is kept in step without being chosen."),
			p.tick("people.everyone", say.T("Everybody who is in both systems"), say.T("New colleagues take part by themselves."),
				func() bool { return d().People.Everyone }, func(on bool) { d().People.Everyone = on }),
			p.tick("people.guests", say.T("Copies for colleagues who do not take part"), say.T("They get activities that they share with those who do."),
				func() bool { return d().People.Guests }, func(on bool) { d().People.Guests = on })),
		part.Section(say.T("Newer versions"), say.T("Nothing is ever installed by itself."),
			p.tick("updates.check", say.T("Look once a day"), "", func() bool { return d().Updates.Check }, func(on bool) { d().Updates.Check = on }),
			p.text("updates.url", say.T("Address"), "", "https://", func() string { return d().Updates.URL }, func(s string) { d().Updates.URL = s })),
		part.Section(say.T("Setup"), say.T("All pages again, with what is set now."),
			part.NewSetting(say.T("Go through the setup"), "", "", part.NewButton(say.T("Run setup again"), "", part.Medium, func() { p.w.Show(model.PageSetup) })).Object),
	}
}
