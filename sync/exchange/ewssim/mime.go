package ewssim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
	"lockstep/sync/exchange/ewssim/internal/zone"
)

// mime writes a calendar item as iCalendar (RFC 5545): bare, without a MIME
// wrapper, as the server hands it out.
func (v *view) mime() {
	if !v.item.IsCalendar() {
		return
	}
	var b icalWriter
	b.line("BEGIN:VCALENDAR")
	b.line("METHOD:PUBLISH")
	b.line("PRODID:Microsoft Exchange Server 2010")
	b.line("VERSION:2.0")
	b.zone(v.item.StartZone, v.c.srv)
	b.event(v, v.item, 0)
	if !v.occ {
		for _, d := range sortedDays(v.item.Exceptions) {
			b.event(v, v.c.srv.occurrence(v.stored, d), d)
		}
	}
	b.line("END:VCALENDAR")
	v.w.Text("t:MimeContent", base64.StdEncoding.EncodeToString([]byte(b.String())), "CharacterSet", "UTF-8")
}

type icalWriter struct{ strings.Builder }

// line folds at 75 octets without splitting a character.
func (b *icalWriter) line(s string) {
	for limit := 75; len(s) > limit; limit = 74 {
		cut := limit
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	b.WriteString(s + "\r\n")
}

func (b *icalWriter) text(name, s string) {
	if s != "" {
		b.line(name + ":" + icalEscape.Replace(s))
	}
}

var (
	icalEscape   = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`)
	icalUnescape = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n")
)

func (b *icalWriter) zone(id string, s *Server) {
	if id == "" || id == zone.UTC {
		return
	}
	r := rulesNow(s.locate(id), s.now())
	offset := func(d time.Duration) string {
		sign := '+'
		if d < 0 {
			sign, d = '-', -d
		}
		return fmt.Sprintf("%c%02d%02d", sign, int(d/time.Hour), int(d/time.Minute)%60)
	}
	part := func(name string, from, to time.Duration, ch zone.Change) {
		b.line("BEGIN:" + name)
		b.line("DTSTART:16010101T" + time.Time{}.Add(ch.Clock).Format("150405"))
		b.line("TZOFFSETFROM:" + offset(from))
		b.line("TZOFFSETTO:" + offset(to))
		if r.HasDST {
			b.line(fmt.Sprintf("RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=%d%s;BYMONTH=%d", ch.N, icalDays[ch.Weekday], ch.Month))
		}
		b.line("END:" + name)
	}
	b.line("BEGIN:VTIMEZONE")
	b.line("TZID:" + id)
	if r.HasDST {
		part("STANDARD", r.Daylight, r.Standard, r.ToStd)
		part("DAYLIGHT", r.Standard, r.Daylight, r.ToDaylight)
	} else {
		part("STANDARD", r.Standard, r.Standard, zone.Change{})
	}
	b.line("END:VTIMEZONE")
}

var icalDays = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func (b *icalWriter) event(v *view, it *store.Item, day recur.Day) {
	s := v.c.srv
	b.line("BEGIN:VEVENT")
	b.text("SUMMARY", it.Subject)
	b.text("DESCRIPTION", plain(it.Body))
	b.text("LOCATION", it.Location)
	b.text("UID", it.UID)
	if it.IsMeeting() {
		b.line("ORGANIZER;CN=" + it.Organizer.Name + ":mailto:" + it.Organizer.Address)
		for _, a := range it.Attendees() {
			b.line("ATTENDEE;ROLE=REQ-PARTICIPANT;CN=" + a.Name + ":mailto:" + a.Address)
		}
	}
	if it.Rule != nil {
		b.line("RRULE:" + icalRule(it.Rule))
		for _, d := range sortedDays(it.Deleted) {
			start, _ := s.slot(it, d)
			b.line("EXDATE" + icalTime(start, s.locate(it.StartZone), it.StartZone, it.AllDay))
		}
	}
	if day != 0 {
		start, _ := s.slot(v.stored, day)
		b.line("RECURRENCE-ID" + icalTime(start, s.locate(v.stored.StartZone), v.stored.StartZone, v.stored.AllDay))
	}
	class := map[string]string{"Private": "PRIVATE", "Personal": "PRIVATE", "Confidential": "CONFIDENTIAL"}[it.Sensitivity]
	b.line("CLASS:" + orDefault(class, "PUBLIC"))
	b.line("PRIORITY:5")
	b.line("DTSTAMP:" + it.Created.UTC().Format("20060102T150405Z"))
	transp, busy := "OPAQUE", icalBusy[orDefault(it.FreeBusy, "Busy")]
	if it.FreeBusy == "Free" {
		transp = "TRANSPARENT"
	}
	b.line("TRANSP:" + transp)
	b.line("STATUS:CONFIRMED")
	b.line("SEQUENCE:" + strconv.Itoa(it.Sequence))
	b.line("DTSTART" + icalTime(it.Start, s.locate(it.StartZone), it.StartZone, it.AllDay))
	b.line("DTEND" + icalTime(it.End, s.locate(it.EndZone), it.EndZone, it.AllDay))
	b.line("X-MICROSOFT-CDO-BUSYSTATUS:" + busy)
	b.line("X-MICROSOFT-CDO-ALLDAYEVENT:" + strings.ToUpper(strconv.FormatBool(it.AllDay)))
	if len(it.Categories) > 0 {
		b.line("CATEGORIES:" + strings.Join(it.Categories, ","))
	}
	if it.ReminderSet {
		b.line("BEGIN:VALARM")
		b.line("DESCRIPTION:REMINDER")
		b.line("TRIGGER;RELATED=START:-PT" + strconv.Itoa(it.ReminderMinutes) + "M")
		b.line("ACTION:DISPLAY")
		b.line("END:VALARM")
	}
	b.line("END:VEVENT")
}

var icalBusy = map[string]string{"Free": "FREE", "Tentative": "TENTATIVE", "Busy": "BUSY", "OOF": "OOF", "WorkingElsewhere": "WORKINGELSEWHERE", "NoData": "BUSY"}

func icalTime(t time.Time, loc *time.Location, id string, allDay bool) string {
	switch {
	case allDay:
		return ";VALUE=DATE:" + t.In(loc).Format("20060102")
	case id == "" || id == zone.UTC:
		return ":" + t.UTC().Format("20060102T150405Z")
	}
	return ";TZID=" + id + ":" + t.In(loc).Format("20060102T150405")
}

func icalRule(r *recur.Rule) string {
	parts := []string{"FREQ=" + map[recur.Pattern]string{
		recur.Daily: "DAILY", recur.Weekly: "WEEKLY", recur.AbsoluteMonthly: "MONTHLY", recur.RelativeMonthly: "MONTHLY",
		recur.AbsoluteYearly: "YEARLY", recur.RelativeYearly: "YEARLY",
	}[r.Pattern]}
	if r.Count > 0 {
		parts = append(parts, "COUNT="+strconv.Itoa(r.Count))
	}
	if r.Until != 0 {
		parts = append(parts, "UNTIL="+strings.ReplaceAll(r.Until.String(), "-", "")+"T235959Z")
	}
	parts = append(parts, "INTERVAL="+strconv.Itoa(max(r.Interval, 1)))
	if r.Days != 0 {
		var ds []string
		for w := time.Sunday; w <= time.Saturday; w++ {
			if r.Days.Has(w) {
				ds = append(ds, icalDays[w])
			}
		}
		parts = append(parts, "BYDAY="+strings.Join(ds, ","))
	}
	switch r.Pattern {
	case recur.RelativeMonthly, recur.RelativeYearly:
		pos := r.Index
		if pos == recur.Last {
			pos = -1
		}
		parts = append(parts, "BYSETPOS="+strconv.Itoa(pos))
	case recur.AbsoluteMonthly, recur.AbsoluteYearly:
		parts = append(parts, "BYMONTHDAY="+strconv.Itoa(r.DayOfMonth))
	case recur.Weekly:
		parts = append(parts, "WKST="+icalDays[r.FirstDay])
	case recur.Daily:
	}
	if r.Month != 0 {
		parts = append(parts, "BYMONTH="+strconv.Itoa(int(r.Month)))
	}
	return strings.Join(parts, ";")
}

// icalProp is one content line.
type icalProp struct {
	name, value string
	params      map[string]string
}

// readICal returns the lines of the first VEVENT, without those of its alarms,
// and the alarm's trigger.
func readICal(s string) (props []icalProp, trigger string) {
	s = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "").Replace(s)
	var path []string
	done := false
	for line := range strings.Lines(s) {
		head, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok {
			continue
		}
		words := strings.Split(head, ";")
		p := icalProp{name: strings.ToUpper(words[0]), value: value, params: map[string]string{}}
		for _, w := range words[1:] {
			k, v, _ := strings.Cut(w, "=")
			p.params[strings.ToUpper(k)] = strings.Trim(v, `"`)
		}
		switch p.name {
		case "BEGIN":
			path = append(path, strings.ToUpper(value))
			continue
		case "END":
			done = done || strings.EqualFold(value, "VEVENT")
			path = path[:max(len(path)-1, 0)]
			continue
		}
		if done || !slices.Contains(path, "VEVENT") {
			continue
		}
		if path[len(path)-1] == "VEVENT" {
			props = append(props, p)
		} else if p.name == "TRIGGER" {
			trigger = value
		}
	}
	return props, trigger
}

// setMime understands a simple VEVENT.
func (d *draft) setMime(n *xmlnode.Node) error {
	bad := func(why string) error {
		return problemf("ErrorMimeContentInvalid", "The MIME content is invalid: %s.", why)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Text), ""))
	if err != nil {
		return problemf("ErrorMimeContentInvalidBase64String", "The MIME content is not base64.")
	}
	if !d.it.IsCalendar() {
		return problemf("ErrorUnsupportedMimeConversion", "MIME is understood for calendar items only.")
	}
	props, trigger := readICal(string(raw))
	if len(props) == 0 {
		return bad("it has no VEVENT")
	}
	d.it.ReminderSet = false
	d.touch["ReminderIsSet"] = true
	if minutes, err := parseISODuration(trigger); err == nil && trigger != "" {
		d.it.ReminderSet, d.it.ReminderMinutes = true, int(-minutes/time.Minute)
		d.touch["ReminderMinutesBeforeStart"] = true
	}
	for _, p := range props {
		if err := d.setICal(p); err != nil {
			return bad(err.Error())
		}
	}
	if d.rule != nil && d.rule.Start == 0 {
		if err := d.completeRule(); err != nil {
			return bad(err.Error())
		}
	}
	return nil
}

func (d *draft) setICal(p icalProp) error {
	it := d.it
	value := icalUnescape.Replace(p.value)
	switch p.name {
	case "SUMMARY":
		it.Subject = value
	case "DESCRIPTION":
		it.Body = store.Body{Text: value}
	case "LOCATION":
		it.Location = value
	case "UID":
		it.UID = p.value
	case "CLASS":
		it.Sensitivity = map[string]string{"PRIVATE": "Private", "CONFIDENTIAL": "Confidential"}[strings.ToUpper(p.value)]
	case "TRANSP":
		if strings.EqualFold(p.value, "TRANSPARENT") {
			it.FreeBusy = "Free"
		}
	case "X-MICROSOFT-CDO-BUSYSTATUS":
		for name, v := range icalBusy {
			if v == strings.ToUpper(p.value) && name != "NoData" {
				it.FreeBusy = name
			}
		}
	case "CATEGORIES":
		it.Categories = strings.Split(value, ",")
	case "DTSTART":
		return d.icalInto(p, "Start", "StartTimeZone")
	case "DTEND":
		return d.icalInto(p, "End", "EndTimeZone")
	case "RRULE":
		return d.icalRuleInto(p.value)
	case "ATTENDEE":
		addr := strings.TrimPrefix(strings.TrimPrefix(p.value, "mailto:"), "MAILTO:")
		if !equalFold(addr, d.box.Primary) {
			it.Required = append(it.Required, store.Attendee{Person: store.Person{Name: orDefault(p.params["CN"], addr), Address: addr}, Response: "Unknown"})
		}
	}
	return nil
}

func (d *draft) icalInto(p icalProp, name, zoneName string) error {
	s := d.c.srv
	if tz := p.params["TZID"]; tz != "" {
		id, ok := s.windowsID(tz)
		if !ok {
			return fmt.Errorf("the zone %q is not known", tz)
		}
		d.zones[zoneName] = id
	}
	if p.params["VALUE"] == "DATE" {
		t, err := time.Parse("20060102", p.value)
		if err != nil {
			return fmt.Errorf("%s is not a date", p.name)
		}
		d.it.AllDay = true
		if d.zones[zoneName] == "" {
			d.zones[zoneName] = d.box.Zone
		}
		d.texts[name] = t.Format("2006-01-02T15:04:05")
		return nil
	}
	if t, err := time.Parse("20060102T150405Z", p.value); err == nil {
		d.texts[name] = t.Format(time.RFC3339)
		return nil
	}
	t, err := time.Parse("20060102T150405", p.value)
	if err != nil {
		return fmt.Errorf("%s is not a time", p.name)
	}
	d.texts[name] = t.Format("2006-01-02T15:04:05")
	return nil
}

// windowsID finds the id of a zone that iCalendar names by either kind of id.
func (s *Server) windowsID(tz string) (string, bool) {
	if _, ok := s.zones.Location(tz); ok {
		return tz, true
	}
	loc, err := time.LoadLocation(tz)
	if err != nil {
		return "", false
	}
	want := rulesNow(loc, s.now())
	for _, id := range s.zones.IDs() {
		if l := s.locate(id); rulesNow(l, s.now()) == want {
			return id, true
		}
	}
	return "", false
}
