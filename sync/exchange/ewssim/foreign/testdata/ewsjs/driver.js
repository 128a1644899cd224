"use strict";
// Drives the simulated Exchange with ews-javascript-api as the JSON on standard input says, and prints JSON.
const fs = require("fs");
const http = require("http");
const https = require("https");
const ews = require("ews-javascript-api");
const { XhrApi } = require("@ewsjs/xhr");

// NTLM signs a connection in, so the two requests of a call must share one. Node.js keeps connections only from 19 on.
http.globalAgent = new http.Agent({ keepAlive: true });
https.globalAgent = new https.Agent({ ...https.globalAgent.options, keepAlive: true });

const config = JSON.parse(fs.readFileSync(0, "utf8"));
const said = console.log;
console.log = () => {}; // the library talks

function service(over) {
  const c = { ...config, ...over };
  const s = new ews.ExchangeService(ews.ExchangeVersion[c.version || "Exchange2013_SP1"]);
  s.Url = new ews.Uri(c.url);
  const xhr = new XhrApi();
  s.Credentials = new ews.WebCredentials(c.user, c.password); // Basic, unless the next line replaces it
  if (c.auth === "ntlm") xhr.useNtlmAuthentication(c.user, c.password);
  s.XHRApi = xhr;
  if (c.access === "impersonation") {
    s.ImpersonatedUserId = new ews.ImpersonatedUserId(ews.ConnectingIdType.SmtpAddress, c.mailbox);
    s.HttpHeaders.Add("X-AnchorMailbox", c.mailbox);
  }
  return s;
}

const calendar = () =>
  config.access === "delegate"
    ? new ews.FolderId(ews.WellKnownFolderName.Calendar, new ews.Mailbox(config.mailbox))
    : new ews.FolderId(ews.WellKnownFolderName.Calendar);

const time = (text) => ews.DateTime.Parse(text);
const utc = (d) => new Date(d.TotalMilliSeconds).toISOString().replace(".000Z", "Z");
const stamp = new ews.ExtendedPropertyDefinition(
  new ews.Guid("6f2f5a0e-5c4b-4c59-9a2f-0d6f6f0a7a11"), "ForeignStamp", ews.MapiPropertyType.String);
const idOnly = new ews.PropertySet(ews.BasePropertySet.IdOnly);

async function attempt(run) {
  try {
    return await run();
  } catch (e) {
    return "error: " + (e.ErrorCode !== undefined ? ews.ServiceError[e.ErrorCode] : e.message || e);
  }
}

// The library does not escape text: no & and < in it.
function appointment(s, subject, start, end) {
  const a = new ews.Appointment(s);
  a.Subject = subject;
  a.Start = time(start);
  a.End = time(end);
  a.StartTimeZone = ews.TimeZoneInfo.Utc;
  a.EndTimeZone = ews.TimeZoneInfo.Utc;
  return a;
}

async function sync(s, state) {
  const got = await s.SyncFolderItems(calendar(), idOnly, [], 512, ews.SyncFolderItemsScope.NormalItems, state);
  const kinds = {};
  for (const c of got.GetEnumerator()) kinds[ews.ChangeType[c.ChangeType]] = (kinds[ews.ChangeType[c.ChangeType]] || 0) + 1;
  return [kinds, got.SyncState, got.MoreChangesAvailable];
}

async function lifecycle() {
  const s = service();
  const [before, first] = await sync(s, null);
  const a = appointment(s, "From JavaScript", "2026-03-10T07:00:00Z", "2026-03-10T08:30:00Z");
  a.Location = "Sali Ä";
  a.Body = new ews.MessageBody(ews.BodyType.Text, "First line\nSecond line");
  a.SetExtendedProperty(stamp, "activity;42");
  await a.Save(calendar(), ews.SendInvitationsMode.SendToNone);
  const key = a.Id.ChangeKey;

  const wanted = new ews.PropertySet(ews.BasePropertySet.FirstClassProperties, [stamp]);
  wanted.RequestedBodyType = ews.BodyType.Text;
  const read = await ews.Appointment.Bind(s, a.Id, wanted);
  const value = { outValue: null };
  const got = {
    subject: read.Subject, start: utc(read.Start), end: utc(read.End), location: read.Location, body: read.Body.Text.trim(),
    stamped: read.TryGetProperty(stamp, value) && value.outValue, type: ews.AppointmentType[read.AppointmentType],
  };
  read.Subject = "Changed";
  read.Start = time("2026-03-11T07:00:00Z");
  read.End = time("2026-03-11T08:00:00Z");
  await read.Update(ews.ConflictResolutionMode.AlwaysOverwrite, ews.SendInvitationsOrCancellationsMode.SendToNone);
  const stale = await attempt(async () => {
    const old = await ews.Appointment.Bind(s, new ews.ItemId(a.Id.UniqueId), idOnly);
    old.Id.ChangeKey = key;
    old.Subject = "Lost update";
    await old.Update(ews.ConflictResolutionMode.NeverOverwrite, ews.SendInvitationsOrCancellationsMode.SendToNone);
    return "written";
  });
  const again = await ews.Appointment.Bind(s, a.Id, wanted);

  const many = [];
  for (let i = 0; i < 25; i++) many.push(appointment(s, "Batch " + i, "2026-04-01T08:00:00Z", "2026-04-01T09:00:00Z"));
  const batch = await s.CreateItems(many, calendar(), ews.MessageDisposition.SaveOnly, ews.SendInvitationsMode.SendToNone);
  const [created, second] = await sync(s, first);
  const ids = many.slice(0, 5).map((m) => m.Id);
  await s.DeleteItems(ids, ews.DeleteMode.HardDelete, ews.SendCancellationsMode.SendToNone, ews.AffectedTaskOccurrence.AllOccurrences);
  const [deleted, third] = await sync(s, second);
  const [idle] = await sync(s, third);
  const found = await s.FindItems(calendar(), new ews.SearchFilter.IsEqualTo(stamp, "activity;42"), new ews.ItemView(10));
  const bound = await s.BindToItems([ids[0], a.Id], idOnly);
  return {
    before, got, batch: ews.ServiceResult[batch.OverallResult], batchCount: batch.Count, created, deleted, idle, stale,
    changed: { subject: again.Subject, start: utc(again.Start), end: utc(again.End) }, keyChanged: again.Id.ChangeKey !== key,
    found: found.Items.map((i) => i.Subject),
    bound: bound.Responses.map((r) => ews.ServiceError[r.ErrorCode]),
  };
}

async function series() {
  const s = service();
  const a = appointment(s, "Weekly", "2026-03-16T09:00:00Z", "2026-03-16T10:00:00Z");
  a.Recurrence = new ews.Recurrence.WeeklyPattern(time("2026-03-16T00:00:00Z"), 1, [ews.DayOfTheWeek.Monday]);
  a.Recurrence.NumberOfOccurrences = 5;
  await a.Save(calendar(), ews.SendInvitationsMode.SendToNone);
  const third = await ews.Appointment.BindToOccurrence(s, a.Id, 3);
  third.Subject = "Weekly, moved";
  third.Start = time("2026-03-31T14:00:00Z");
  third.End = time("2026-03-31T15:00:00Z");
  await third.Update(ews.ConflictResolutionMode.AutoResolve, ews.SendInvitationsOrCancellationsMode.SendToNone);
  const fourth = await ews.Appointment.BindToOccurrence(s, a.Id, 4);
  await fourth.Delete(ews.DeleteMode.HardDelete);
  const view = new ews.CalendarView(time("2026-03-01T00:00:00Z"), time("2026-05-01T00:00:00Z"), 100);
  const seen = await s.FindAppointments(calendar(), view);
  const master = await ews.Appointment.Bind(s, a.Id, new ews.PropertySet(ews.BasePropertySet.FirstClassProperties));
  const gone = await attempt(async () => (await ews.Appointment.BindToOccurrence(s, a.Id, 4)).Subject);
  const back = await ews.Appointment.BindToRecurringMaster(s, seen.Items[1].Id);
  return {
    view: seen.Items.map((i) => [i.Subject, utc(i.Start), utc(i.End), ews.AppointmentType[i.AppointmentType]]),
    total: seen.TotalCount,
    modified: master.ModifiedOccurrences.Items.map((o) => [utc(o.OriginalStart), utc(o.Start)]),
    deleted: master.DeletedOccurrences.Items.map((o) => utc(o.OriginalStart)),
    pattern: master.Recurrence.constructor.name, number: master.Recurrence.NumberOfOccurrences,
    masterType: ews.AppointmentType[master.AppointmentType], gone, back: back.Id.UniqueId === a.Id.UniqueId,
  };
}

async function directory() {
  const s = service();
  const zones = await s.GetServerTimeZones();
  const names = await s.ResolveName(config.name);
  const folder = await ews.Folder.Bind(s, calendar());
  return {
    zones: zones.length,
    finnish: zones.some((z) => z.Id === "FLE Standard Time"),
    names: names.GetEnumerator().map((n) => n.Mailbox.Address),
    folder: folder.DisplayName,
    total: folder.TotalCount,
    server: s.ServerInfo.MajorVersion + "." + s.ServerInfo.MinorVersion,
    unknown: await attempt(async () => (await ews.Folder.Bind(service({ url: config.url }), new ews.FolderId("AAMk"), idOnly)).Id.UniqueId),
  };
}

async function streaming() {
  const s = service();
  const sub = await s.SubscribeToStreamingNotifications([calendar()], ews.EventType.Created, ews.EventType.Deleted, ews.EventType.Modified);
  const connection = new ews.StreamingSubscriptionConnection(s, 1);
  connection.AddSubscription(sub);
  const writer = service();
  const a = appointment(writer, "Watched", "2026-06-01T07:00:00Z", "2026-06-01T08:00:00Z");
  await a.Save(calendar(), ews.SendInvitationsMode.SendToNone);
  const kinds = new Set();
  let about = false;
  let removing = null;
  await new Promise((resolve, reject) => {
    connection.OnNotificationEvent.push((_, args) => {
      for (const e of args.Events) {
        kinds.add(ews.EventType[e.EventType]);
        about = about || (e.ItemId && e.ItemId.UniqueId === a.Id.UniqueId);
      }
      if (kinds.has("Created") && !removing) removing = a.Delete(ews.DeleteMode.HardDelete).catch(reject);
      if (kinds.has("Deleted")) resolve();
    });
    connection.OnSubscriptionError.push((_, args) => reject(args.Exception));
    connection.OnDisconnect.push(() => resolve());
    connection.Open().catch(reject);
  });
  await removing;
  if (connection.IsOpen) connection.Close();
  await sub.Unsubscribe();
  return { kinds: [...kinds].sort(), about };
}

const actions = { lifecycle, series, directory, streaming };
actions[config.action]()
  .then((result) => said(JSON.stringify(result)))
  .catch((e) => said(JSON.stringify({
    error: { kind: e && e.constructor && e.constructor.name, code: e && ews.ServiceError[e.ErrorCode], text: String((e && (e.message || e.Message)) || e), trace: e && e.stack },
  })))
  .finally(() => { process.stdout.write("", () => process.exit(0)); });
