package api

// Recurrence is the rule of a series (the API's ActivityRecurrenceModel).
type Recurrence struct {
	Frequency Frequency         `json:"frequency"`
	Pattern   RecurrencePattern `json:"pattern"`
	Range     RecurrenceRange   `json:"range"`
	// Exceptions and LastOccurrence are set by the server and never sent.
	Exceptions     []Time `json:"exceptions,omitempty"`
	LastOccurrence Time   `json:"lastOccurrenceDateTime,omitzero"`
}

// RecurrencePattern holds the one pattern that Frequency names.
type RecurrencePattern struct {
	Daily   *DailyPattern   `json:"daily,omitempty"`
	Weekly  *WeeklyPattern  `json:"weekly,omitempty"`
	Monthly *MonthlyPattern `json:"monthly,omitempty"`
	Yearly  *YearlyPattern  `json:"yearly,omitempty"`
}

// DailyPattern repeats every Interval days, or on every working day.
type DailyPattern struct {
	Interval     *int `json:"interval"`
	EveryWeekday bool `json:"everyWeekday"`
}

// WeeklyPattern repeats every Interval weeks on the given days. The first day of the week is not
// part of the model, so that an interval over 1 is open to reading.
type WeeklyPattern struct {
	Interval  int  `json:"interval"`
	Monday    bool `json:"monday"`
	Tuesday   bool `json:"tuesday"`
	Wednesday bool `json:"wednesday"`
	Thursday  bool `json:"thursday"`
	Friday    bool `json:"friday"`
	Saturday  bool `json:"saturday"`
	Sunday    bool `json:"sunday"`
}

// MonthlyPattern repeats every Interval months, on a day of the month or on an ordinal day.
type MonthlyPattern struct {
	Interval   int        `json:"interval"`
	DayOfMonth *int       `json:"dayOfMonth"`
	Ordinal    Ordinal    `json:"dayOrdinal,omitempty"`
	OrdinalDay OrdinalDay `json:"dayOrdinalOption,omitempty"`
}

// YearlyPattern repeats each year; there is no interval.
type YearlyPattern struct {
	DayOfMonth *int       `json:"dayOfMonth"`
	Month      Month      `json:"month,omitempty"`
	Ordinal    Ordinal    `json:"dayOrdinal,omitempty"`
	OrdinalDay OrdinalDay `json:"dayOrdinalOption,omitempty"`
}

// RecurrenceRange ends a series after a number of occurrences or on a day; both unset: never.
type RecurrenceRange struct {
	MaxOccurrences *int `json:"maxOccurrences"`
	Until          Date `json:"recursUntilDate"`
}

// sendable returns a copy without what only the server sets.
func (r *Recurrence) sendable() *Recurrence {
	if r == nil {
		return nil
	}
	c := *r
	c.Exceptions, c.LastOccurrence = nil, Time{}
	return &c
}

// fault says why the rule cannot be sent, or "".
func (r *Recurrence) fault() string {
	if r == nil {
		return ""
	}
	p := r.Pattern
	n := 0
	for _, set := range []bool{p.Daily != nil, p.Weekly != nil, p.Monthly != nil, p.Yearly != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		return "a recurrence needs exactly one pattern"
	}
	if r.Range.MaxOccurrences != nil && *r.Range.MaxOccurrences < 1 {
		return "a recurrence needs at least one occurrence"
	}
	if _, err := r.Range.Until.MarshalJSON(); err != nil {
		return "the last day of the recurrence does not exist"
	}
	switch r.Frequency {
	case Daily:
		return p.Daily.fault()
	case Weekly:
		return p.Weekly.fault()
	case Monthly:
		return p.Monthly.fault()
	case Yearly:
		return p.Yearly.fault()
	default:
		return "the frequency of the recurrence is not one that the server knows"
	}
}

const wrongPattern = "the recurrence's pattern does not fit its frequency"

func (p *DailyPattern) fault() string {
	switch {
	case p == nil:
		return wrongPattern
	case p.EveryWeekday == (p.Interval != nil):
		return "a daily recurrence needs either an interval or every weekday"
	case p.Interval != nil && *p.Interval < 1:
		return "the interval of a recurrence is at least 1"
	}
	return ""
}

func (p *WeeklyPattern) fault() string {
	switch {
	case p == nil:
		return wrongPattern
	case p.Interval < 1:
		return "the interval of a recurrence is at least 1"
	case *p == (WeeklyPattern{Interval: p.Interval}):
		return "a weekly recurrence needs a day"
	}
	return ""
}

func (p *MonthlyPattern) fault() string {
	switch {
	case p == nil:
		return wrongPattern
	case p.Interval < 1:
		return "the interval of a recurrence is at least 1"
	}
	return dayFault(p.DayOfMonth, p.Ordinal, p.OrdinalDay)
}

func (p *YearlyPattern) fault() string {
	switch {
	case p == nil:
		return wrongPattern
	case !p.Month.Known():
		return "a yearly recurrence needs a month"
	}
	return dayFault(p.DayOfMonth, p.Ordinal, p.OrdinalDay)
}

func dayFault(day *int, o Ordinal, kind OrdinalDay) string {
	ordinal := o != "" || kind != ""
	switch {
	case ordinal == (day != nil):
		return "a recurrence needs either a day of the month or an ordinal day"
	case ordinal && (!o.Known() || !kind.Known()):
		return "the ordinal day of the recurrence is not one that the server knows"
	case day != nil && (*day < 1 || *day > 31):
		return "the day of the month is outside 1..31"
	}
	return ""
}
