'use strict';
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /** An element with text and children; text never becomes markup. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  };

  // Theme: as the system, light, dark. A page from a file may have no storage; then the choice lasts as long as the page.
  const themes = ['system', 'light', 'dark'];
  const remember = (value) => { try { localStorage.setItem('theme', value); } catch { /* no storage */ } };
  const recall = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const dress = (theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    $('#theme span').textContent = theme;
    $('#theme').setAttribute('aria-label', `Theme: ${theme === 'system' ? 'as the system' : theme}`);
  };
  let theme = themes.includes(recall()) ? recall() : 'system';
  dress(theme);
  $('#theme').addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    dress(theme);
    remember(theme);
  });

  // Filter.
  const find = $('#find');
  const only = $('#only');
  /** While a filter is set, what it cannot filter steps aside. */
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = words.length > 0 || only.checked;
    const visible = new Set();
    let total = 0;
    for (const section of all('.api')) {
      for (const row of all('tbody tr', section)) {
        const text = `${section.dataset.api} ${row.dataset.words}`;
        row.hidden = !words.every((word) => text.includes(word)) || (only.checked && !row.classList.contains('hot'));
        total += 1;
        if (!row.hidden) visible.add(`${section.dataset.api} ${row.dataset.operation}`);
      }
      section.hidden = !$('tbody tr:not([hidden])', section);
    }
    for (const failure of all('.failure')) failure.hidden = !visible.has(`${failure.dataset.api} ${failure.dataset.operation}`);
    for (const section of all('main > section:not(.api)')) section.hidden = active && !$('.failure:not([hidden])', section);
    $('#nothing').hidden = visible.size > 0;
    $('#found').textContent = active ? `${visible.size} of ${total} operations` : '';
    roam();
  };
  find.addEventListener('input', filter);
  only.addEventListener('change', filter);
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input') || drill.open) return;
    event.preventDefault();
    find.focus();
  });

  // One stop of the Tab key a grid; the arrow keys move within.
  const rows = (grid) => all('tbody tr', grid).filter((row) => !row.hidden);
  const roam = () => {
    for (const grid of all('.grid')) {
      const cells = rows(grid).flatMap((row) => all('button.cell', row));
      const current = cells.find((cell) => cell.tabIndex === 0 && cell.dataset.here) || cells[0];
      for (const cell of all('button.cell', grid)) cell.tabIndex = cell === current ? 0 : -1;
    }
  };
  const settle = (cell) => {
    for (const other of all('button.cell', cell.closest('.grid'))) {
      other.tabIndex = other === cell ? 0 : -1;
      delete other.dataset.here;
    }
    cell.dataset.here = 'yes';
    cell.focus();
  };
  const column = (cell) => cell.closest('td').cellIndex;
  /** The cell of a row that is nearest to a column: rows have holes. */
  const nearest = (row, index) =>
    all('button.cell', row).sort((a, b) => Math.abs(column(a) - index) - Math.abs(column(b) - index))[0];
  const moves = {
    ArrowRight: (cells, at) => cells[at + 1],
    ArrowLeft: (cells, at) => cells[at - 1],
    Home: (cells) => cells[0],
    End: (cells) => cells[cells.length - 1],
  };
  for (const grid of all('.grid')) {
    grid.addEventListener('keydown', (event) => {
      const cell = event.target.closest('button.cell');
      if (!cell) return;
      const row = cell.closest('tr');
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      let next;
      if (moves[event.key]) {
        const cells = all('button.cell', row);
        next = moves[event.key](cells, cells.indexOf(cell));
      } else if (step) {
        const lines = rows(grid);
        const line = lines[lines.indexOf(row) + step];
        next = line && nearest(line, column(cell));
      } else return;
      event.preventDefault();
      if (next) settle(next);
    });
    grid.addEventListener('click', (event) => {
      const cell = event.target.closest('button.cell');
      if (cell) { settle(cell); open(cell); }
    });
  }
  roam();

  // Drill-down.
  const drill = $('#drill');
  let read = null;
  const data = () => (read ??= JSON.parse($('#data').textContent));

  const copyable = (text) => {
    const code = make('code', {}, text);
    return [code, copier(code)];
  };
  const copier = (code) => {
    const button = make('button', { type: 'button' }, 'Copy');
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = 'Selected';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    return button;
  };
  for (const code of all('.copy code')) code.after(copier(code));

  const message = (label, [line, headers, body]) => {
    const { texts } = data();
    const pre = make('pre', { tabindex: '0', 'aria-label': label }, make('b', {}, texts[line]));
    for (const header of headers) pre.append('\n', make('span', { class: 'h' }, texts[header]));
    if (texts[body]) pre.append('\n\n', texts[body]);
    return make('section', {}, make('h4', {}, label), pre);
  };
  const row = (term, ...content) => make('div', {}, make('dt', {}, term), ...content);
  const story = (one, unfolded, file, [before, after]) => {
    const failed = Boolean(one.problems);
    const mark = make('span', { class: `mark ${failed ? 'bad' : 'good'}` }, failed ? '✕ ' : '✓ ');
    const details = make('details', unfolded ? { open: '' } : {}, make('summary', {}, mark, one.id));
    const fill = () => {
      if (details.dataset.full) return;
      details.dataset.full = 'yes';
      if (failed) details.append(make('ul', { class: 'problems' }, ...one.problems.map((text) => make('li', {}, text))));
      for (const [request, reply] of one.exchanges) {
        details.append(make('div', { class: 'exchange' }, message('Request', request), message('Reply', reply)));
      }
      if (!one.exchanges.length) details.append(make('p', { class: 'pale' }, 'Nothing went over the wire.'));
      details.append(make('dl', { class: 'again' },
        row('Spec', make('dd', {}, make('code', {}, `${file}:${one.line}`))),
        row('Run it alone', make('dd', { class: 'copy' }, ...copyable(`${before}${one.quoted ?? one.id}${after}`))),
        one.curl === null ? null : row('Send it', make('dd', { class: 'copy' }, ...copyable(data().texts[one.curl])))));
    };
    if (unfolded) fill();
    details.addEventListener('toggle', fill);
    return details;
  };

  const open = (cell) => {
    const line = cell.closest('tr');
    const api = cell.closest('.api').dataset.api;
    const { operation, path, place, source } = line.dataset;
    const { status, means, grade } = cell.dataset;
    const known = data().apis.find((one) => one.name === api);
    const file = place.slice(0, place.lastIndexOf(':'));
    const cases = known.cases
      .filter((one) => one.operation === operation && one.status === status)
      .sort((a, b) => Boolean(b.problems) - Boolean(a.problems));
    $('#drill-path').textContent = `${api} · ${path}`;
    $('#drill-title').textContent = `${operation} → ${status}`;
    const facts = make('p', { class: 'facts' }, `${means} `, make('span', { class: `grade ${grade}` }, grade), make('br'),
      make('code', {}, cell.dataset.place), ` · operation at ${place}`, source ? ` · source: ${source}` : '');
    const stories = cases.map((one, index) => story(one, Boolean(one.problems) || index === 0, file, known.replay));
    $('#drill-body').replaceChildren(facts, ...(stories.length ? stories : [make('p', { class: 'pale' }, 'No case showed it.')]));
    history.replaceState(null, '', `#${api}/${operation}/${status}`);
    drill.showModal();
    drill.scrollTop = 0;
  };
  $('#close').addEventListener('click', () => drill.close());
  drill.addEventListener('click', (event) => { if (event.target === drill) drill.close(); });
  drill.addEventListener('close', () => history.replaceState(null, '', location.pathname + location.search));

  // A link to a cell opens it.
  const follow = () => {
    const [api, operation, status] = decodeURIComponent(location.hash.slice(1)).split('/');
    const cell = status && all('button.cell').find((one) => one.dataset.status === status
      && one.closest('tr').dataset.operation === operation && one.closest('.api').dataset.api === api);
    if (cell) { settle(cell); open(cell); }
  };
  addEventListener('hashchange', follow);
  follow();
})();
