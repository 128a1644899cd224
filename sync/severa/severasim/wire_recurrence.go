package severasim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

type recurrenceModel struct {
	Frequency  string        `json:"frequency"`
	Pattern    *patternModel `json:"pattern"`
	Range      *rangeModel   `json:"range"`
	Exceptions []string      `json:"exceptions"`
	Last       *string       `json:"lastOccurrenceDateTime"`
}

type patternModel struct {
	Daily   *dailyModel   `json:"daily"`
	Weekly  *weeklyModel  `json:"weekly"`
	Monthly *monthlyModel `json:"monthly"`
	Yearly  *yearlyModel  `json:"yearly"`
}

type dailyModel struct {
	Interval     *int `json:"interval"`
	EveryWeekday bool `json:"everyWeekday"`
}

type weeklyModel struct {
	Interval  int  `json:"interval"`
	Monday    bool `json:"monday"`
	Tuesday   bool `json:"tuesday"`
	Wednesday bool `json:"wednesday"`
	Thursday  bool `json:"thursday"`
	Friday    bool `json:"friday"`
	Saturday  bool `json:"saturday"`
	Sunday    bool `json:"sunday"`
}

type monthlyModel struct {
	Interval   int     `json:"interval"`
	DayOfMonth *int    `json:"dayOfMonth"`
	Ordinal    *string `json:"dayOrdinal"`
	Option     *string `json:"dayOrdinalOption"`
}

type yearlyModel struct {
	DayOfMonth *int    `json:"dayOfMonth"`
	Month      string  `json:"month"`
	Ordinal    *string `json:"dayOrdinal"`
	Option     *string `json:"dayOrdinalOption"`
}

type rangeModel struct {
	Max   *int    `json:"maxOccurrences"`
	Until *string `json:"recursUntilDate"`
}

// renderRecurrence writes the rule of a series; exceptions are the original
// starts of the occurrences that were changed or removed.
func (s *store) renderRecurrence(a Activity) *recurrenceModel {
	r := a.Recurrence
	m := &recurrenceModel{Frequency: r.Frequency.String(), Pattern: &patternModel{}, Range: &rangeModel{}, Exceptions: []string{}}
	interval := max(r.Interval, 1)
	var day *int
	var ordinal, option *string
	if r.Ordinal != 0 {
		ordinal, option = orNull(r.Ordinal.String()), orNull(r.Option.String())
	} else if r.DayOfMonth > 0 {
		day = &r.DayOfMonth
	}
	switch r.Frequency {
	case Weekly:
		d := r.Days
		m.Pattern.Weekly = &weeklyModel{interval, d[1], d[2], d[3], d[4], d[5], d[6], d[0]}
	case Monthly:
		m.Pattern.Monthly = &monthlyModel{interval, day, ordinal, option}
	case Yearly:
		month := r.month(a.Start.In(s.seriesLocation(&a)))
		m.Pattern.Yearly = &yearlyModel{day, month.String(), ordinal, option}
	case Daily:
		m.Pattern.Daily = &dailyModel{&interval, r.EveryWeekday}
		if r.EveryWeekday {
			m.Pattern.Daily.Interval = nil
		}
	}
	if r.Max > 0 {
		m.Range.Max = &r.Max
	}
	if !r.Until.IsZero() {
		m.Range.Until = orNull(r.Until.Format(time.DateOnly))
	}
	for _, c := range a.Changed {
		if s.sw.Listed == ListNone || s.sw.Listed == ListRemoved && !c.Removed {
			continue
		}
		m.Exceptions = append(m.Exceptions, s.format(c.Original, a.OwnerGUID, wireStart))
	}
	if last, ok := s.lastOccurrence(&a); ok {
		m.Last = orNull(s.format(last, a.OwnerGUID, wireStart))
	}
	return m
}

// readRecurrence reads a rule. Read-only fields in it are ignored.
func readRecurrence(data []byte) (*Recurrence, error) {
	var m recurrenceModel
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, errors.New("recurrence is not valid JSON of its model")
	}
	f, ok := parseName(frequencyNames, m.Frequency)
	if !ok {
		return nil, fmt.Errorf("recurrence.frequency %q is not Daily, Weekly, Monthly or Yearly", m.Frequency)
	}
	r := &Recurrence{Frequency: Frequency(f)}
	if m.Pattern != nil {
		if err := r.readPattern(m.Pattern); err != nil {
			return nil, err
		}
	}
	if m.Range == nil {
		return r, nil
	}
	if m.Range.Max != nil {
		if r.Max = *m.Range.Max; r.Max <= 0 {
			return nil, fmt.Errorf("recurrence.range.maxOccurrences %d is out of range", r.Max)
		}
	}
	if m.Range.Until != nil && *m.Range.Until != "" {
		date, _, _ := strings.Cut(*m.Range.Until, "T")
		until, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return nil, errors.New("recurrence.range.recursUntilDate is not a date")
		}
		r.Until = until
	}
	return r, nil
}

func (r *Recurrence) readPattern(p *patternModel) error {
	switch {
	case r.Frequency == Daily && p.Daily != nil:
		if p.Daily.Interval != nil {
			r.Interval = *p.Daily.Interval
		}
		r.EveryWeekday = p.Daily.EveryWeekday
	case r.Frequency == Weekly && p.Weekly != nil:
		w := p.Weekly
		r.Interval = w.Interval
		r.Days = [7]bool{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}
	case r.Frequency == Monthly && p.Monthly != nil:
		r.Interval = p.Monthly.Interval
		return r.readDay(p.Monthly.DayOfMonth, p.Monthly.Ordinal, p.Monthly.Option)
	case r.Frequency == Yearly && p.Yearly != nil:
		for m := time.January; m <= time.December; m++ {
			if strings.EqualFold(m.String(), p.Yearly.Month) {
				r.Month = m
			}
		}
		if r.Month == 0 && p.Yearly.Month != "" {
			return fmt.Errorf("recurrence.pattern.yearly.month %q is unknown", p.Yearly.Month)
		}
		return r.readDay(p.Yearly.DayOfMonth, p.Yearly.Ordinal, p.Yearly.Option)
	case p.Daily != nil || p.Weekly != nil || p.Monthly != nil || p.Yearly != nil:
		return fmt.Errorf("recurrence.pattern does not fit the frequency %s", r.Frequency)
	}
	return nil
}

func (r *Recurrence) readDay(day *int, ordinal, option *string) error {
	if day != nil {
		if r.DayOfMonth = *day; r.DayOfMonth < 1 {
			return fmt.Errorf("recurrence dayOfMonth %d is out of range", r.DayOfMonth)
		}
	}
	if ordinal == nil || *ordinal == "" {
		return nil
	}
	n, ok := parseName(ordinalNames, *ordinal)
	if !ok {
		return fmt.Errorf("recurrence dayOrdinal %q is unknown", *ordinal)
	}
	if option == nil {
		return errors.New("recurrence dayOrdinal needs dayOrdinalOption")
	}
	d, ok := parseName(dayOptionNames, *option)
	if !ok {
		return fmt.Errorf("recurrence dayOrdinalOption %q is unknown", *option)
	}
	r.Ordinal, r.Option = Ordinal(n), DayOption(d)
	return nil
}
