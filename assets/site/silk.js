"use strict";
/* The profiler's date picker writes code for each form of a date and has it evaluated, which the content security policy
   refuses: the picker would not open. Here are its three forms, of which it finds that they are made. */
const two = (number) => String(number).padStart(2, "0");
const day = (date) => `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())}`;
const time = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

/* The parts of `text` as numbers, none where it is of another form. */
const numbers = (text, form) => (form.exec(text) ?? []).slice(1).map(Number);

const FORMS = {
  "Y/m/d H:i": {
    write: (date) => `${day(date)} ${time(date)}`,
    read: (text) => numbers(text, /^(\d{1,4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{1,2})$/),
  },
  "Y/m/d": { write: day, read: (text) => numbers(text, /^(\d{1,4})\/(\d{1,2})\/(\d{1,2})$/) },
  "H:i": { write: time, read: (text) => today(numbers(text, /^(\d{1,2}):(\d{1,2})$/)) },
};

const today = (hours) => {
  const now = new Date();
  return hours.length ? [now.getFullYear(), now.getMonth() + 1, now.getDate(), ...hours] : [];
};

Object.entries(FORMS).forEach(([form, { write, read }], number) => {
  const name = `ofOurs${number}`;
  Date.formatFunctions[form] = name;
  Date.prototype[name] = function () {
    return write(this);
  };
  Date.parseFunctions[form] = name;
  Date[name] = (text) => {
    const [year, month, ...rest] = read(text);
    return year ? new Date(year, month - 1, ...rest) : null;
  };
});
