package model

// Finding is one line of a check, in words.
type Finding struct {
	Kind   string `json:"kind"`
	Person string `json:"person,omitempty"`
	Side   string `json:"side,omitempty"`
	ID     string `json:"id,omitempty"`
	What   string `json:"what"`
	Why    string `json:"why"`
	Do     string `json:"do"`
	Mended bool   `json:"mended"`
	// Repaired: it is what a repair has left, which is not told to repair again.
	Repaired bool `json:"-"`
}

// Where is whose entry it is and in which system, as the line begins.
func (f Finding) Where() string {
	where := f.Person
	if f.Side != "" {
		where += ", " + systemName(f.Side)
	}
	if where != "" {
		where += ": "
	}
	return where
}

// wording is what a kind of finding means, why it comes about, and what to do.
type wording struct{ what, why, do string }

// left is what to do about what a repair has made ready, or cannot do itself.
func left(kind, do string) string {
	switch kind {
	case "entry_gone", "mark_elsewhere":
		return "Look at `lockstepctl preview`: it shows what becomes of the other one before anything is written."
	case "mark_missing":
		return "Sync: it is marked again."
	}
	return do
}

const syncNext = "Nothing: the next sync puts it right."

func wordings() map[string]wording {
	const (
		repair = "Type `lockstepctl check --repair`."
		look   = "Type `lockstepctl check --repair`, then look at `lockstepctl preview`: it shows what becomes of the other one before anything is written."
	)
	return map[string]wording{
		"store_damaged":    {"the store is not sound", "A disk or another program has changed the file.", "Type `lockstepctl check --repair`: what can be made anew is; otherwise the store is set aside, and the next start begins it anew."},
		"row_orphaned":     {"a row of the store belongs to nothing", "The file was changed by something else than Lockstep.", "If nothing else is wrong, leave it: nothing is read from it."},
		"row_unreadable":   {"a value of the store cannot be decrypted", "The file was changed, or its keys were.", repair},
		"link_twice":       {"two links of the store hold the same entry", "The file was changed by something else than Lockstep.", repair},
		"entry_unreadable": {"an entry of the journal, or of a calendar, cannot be read", "The file was changed, or the system does not give the entry out.", "Open the entry in its own program. If it is fine there and this stays, type `lockstepctl check --repair`."},
		"in_doubt":         {"a request may have been carried out, and nobody has looked yet", "A run ended in the middle of it.", syncNext},
		"undecided":        {"whether an entry was made cannot be told", "Several entries could be the one.", "Say which one it is: `lockstepctl resolve`."},
		"linked_twice":     {"two links hold one entry", "The store was changed by something else than Lockstep.", repair},
		"entry_gone":       {"an entry that is kept in step is not there any more", "Somebody deleted or moved it since the last sync.", look},
		"mark_missing":     {"an entry that is kept in step bears no mark", "Another program has taken it off.", "Type `lockstepctl check --repair`, and sync: it is marked again."},
		"mark_foreign":     {"an entry bears the mark of another office", "Another installation of Lockstep, set up under another name, works on this calendar too.", "Find the other installation and stop one of the two."},
		"mark_elsewhere":   {"an entry's mark names another entry in the business system", "A person copied the entry, or an old copy of the store was brought back.", look},
		"marked_unlinked":  {"an entry bears our mark and is not kept in step", "The store was begun anew, or an old copy of it brought back.", "Sync: the pair is found again by the mark."},
	}
}

// Explain puts a kind of finding into words.
func (f Finding) Explain() Finding {
	w, ok := wordings()[f.Kind]
	if !ok {
		w = wording{f.Kind, "This version has no words for it.", "Look into the log in the home folder's logs."}
	}
	f.What, f.Why, f.Do = w.what, w.why, w.do
	if f.Repaired {
		f.Do = left(f.Kind, f.Do)
	}
	if f.Mended {
		f.Do = "Nothing: it has been put right."
	}
	return f
}
