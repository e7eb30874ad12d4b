import type { Console } from './console.ts';
import { Dialog, dialogWidth } from './dialog.tsx';
import { createForm, type FormOptions } from './form.ts';
import { formSpoken } from './form-spoken.ts';
import { FormView, formLines } from './form-view.tsx';
import type { Layer } from './layer.ts';

/** Opens a form over the screen. It closes when its submit has ended well, or by Cancel; then what that gave is called. */
export const openFormDialog = (console: Console, options: Omit<FormOptions, 'cancel'>): void => {
  const close = (): void => console.close(layer);
  const form = createForm(console, {
    ...options,
    submit: async values => {
      const done = await options.submit(values);
      if (done === 'stay') return;
      close();
      if (typeof done === 'function') done();
    },
    cancel: close,
  });
  const layer: Layer = {
    keymap: form.keymap,
    press: form.press,
    paste: form.paste,
    view: size => (
      <Dialog size={size} title={options.title} lines={formLines(options, size)}>
        <FormView form={form} width={dialogWidth(size)} />
      </Dialog>
    ),
    spoken: formSpoken(form),
    close: form.close,
  };
  console.open(layer);
};
